import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resendSsfEventsCommand } from '../../commands/ssf/refused-signals.js';
import { setSsfStreamStatusCommand } from '../../commands/ssf/set-stream-status.js';
import { tendStreamsCommand } from '../../commands/ssf/tend-streams.js';
import { ssfStream } from '../../domain/ssf/model.js';
import { Client } from '../support/client.js';
import { later } from '../support/later.js';
import type { Product } from '../support/product.js';
import { eventually, everything, only, uris, SignalStage } from '../support/signal-stage.js';
import type { SsfReceiver } from '../support/ssf-receiver.js';

const days = (count: number): number => count * 86_400_000;

let stage: SignalStage;
let product: Product;
let shop: SsfReceiver;

beforeAll(async () => {
  stage = await SignalStage.start();
  ({ product, shop } = stage);
});
afterAll(() => stage.stop());
beforeEach(() => stage.clear());

describe('R5: a receiver that fails', () => {
  it('gets every event once or more, in order and under the same id, over errors, resets and a restart', async () => {
    await shop.push(uris('risc_account_disabled', 'risc_account_enabled'));
    const attempts: string[] = [];
    shop.misbehave = (response, attempt, token) => {
      attempts.push(token);
      if (attempt === 1) {
        response.writeHead(500).end();
        return true;
      }
      if (attempt === 2) {
        response.socket?.resetAndDestroy();
        return true;
      }
      return false;
    };
    const { userId } = await stage.person();
    await stage.change(userId, { isActive: false });
    await eventually(() => {
      expect(attempts.length).toBeGreaterThan(0);
    });
    await product.stopNotifications();
    await stage.change(userId, { isActive: true });
    await stage.change(userId, { isActive: false });
    product.startNotifications();
    await eventually(() => {
      expect([...new Set(shop.events.map(({ claims }) => claims.jti))]).toHaveLength(3);
    });
    const firsts = [...new Map(shop.events.map((event) => [event.claims.jti, event])).values()];
    expect(firsts.map(({ type }) => type)).toEqual([
      'account-disabled',
      'account-enabled',
      'account-disabled',
    ]);
    expect(new Set(attempts).size).toBe(3);
  });

  it('a refused event is set aside, on record, and sent again when somebody wants so', async () => {
    const stream = await shop.push(uris('risc_account_disabled', 'risc_account_enabled'));
    let first: string | null = null;
    shop.misbehave = (response, attempt, token) => {
      first ??= token;
      if (token !== first || attempt > 1) return false;
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ err: 'invalid_request', description: 'not understood' }));
      return true;
    };
    const { userId } = await stage.person();
    await stage.change(userId, { isActive: false });
    await eventually(async () => {
      expect((await product.core.ports.signals.backlog(stream.stream_id as string)).refused).toBe(1);
    });
    await stage.change(userId, { isActive: true });
    expect(await product.run(resendSsfEventsCommand, { id: stream.stream_id })).toEqual({ count: 1 });
    await only(shop, 'account-disabled');
    const data = await new Client(product.baseUrl).admin(
      '{ auditEntries(first: 5, filter: { actions: ["sink_dead_letter"] }) { nodes { context outcome } } }',
    );
    expect(data.auditEntries.nodes[0]).toMatchObject({
      outcome: 'failure',
      context: { event: 'risc_account_disabled', attempts: 1 },
    });
  });

  it('a receiver that does not know the key is no longer pushed to, and loses nothing', async () => {
    const stream = await shop.push(uris('risc_account_disabled'));
    let blind = true;
    shop.misbehave = (response) => {
      if (!blind) return false;
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ err: 'invalid_key' }));
      return true;
    };
    const { userId } = await stage.person();
    await stage.change(userId, { isActive: false });
    const { status_endpoint: address } = await shop.known();
    const status = () => shop.call('GET', `${address}?stream_id=${stream.stream_id as string}`);
    await eventually(async () => {
      expect((await status()).body).toMatchObject({
        status: 'paused',
        reason: 'The receiver answered invalid_key.',
      });
    });
    blind = false;
    await shop.call('POST', address, { stream_id: stream.stream_id, status: 'enabled' });
    await only(shop, 'account-disabled');
  });
});

describe('acceptance 10: poll', () => {
  const wanted = uris('risc_account_disabled', 'risc_account_enabled');

  it('gives what waits until it is acknowledged, in order', async () => {
    const stream = await shop.createStream({ events_requested: wanted });
    const { userId } = await stage.person();
    for (const isActive of [false, true, false]) await stage.change(userId, { isActive });
    await stage.looked(stream);
    const first = await shop.poll(stream, { maxEvents: 2 });
    expect(first.body.moreAvailable).toBe(true);
    const events = await shop.fetched(first);
    expect(events.map(({ type }) => type)).toEqual(['account-disabled', 'account-enabled']);
    const again = await shop.poll(stream, { maxEvents: 2 });
    expect(Object.keys(again.body.sets as object)).toEqual(Object.keys(first.body.sets as object));
    const rest = await shop.poll(stream, { ack: Object.keys(first.body.sets as object) });
    expect((await shop.fetched(rest)).map(({ type }) => type)).toEqual(['account-disabled', 'verification']);
    const none = await shop.poll(stream, { ack: Object.keys(rest.body.sets as object), maxEvents: 0 });
    expect(none.body).toEqual({ sets: {} });
    expect((await shop.poll(stream)).body).toEqual({ sets: {} });
  });

  it('waits for something to tell when it is asked to', async () => {
    const stream = await shop.createStream({ events_requested: wanted });
    const { userId } = await stage.person();
    const waiting = shop.poll(stream, { returnImmediately: false });
    await stage.change(userId, { isActive: false });
    expect((await shop.fetched(await waiting)).map(({ type }) => type)).toEqual(['account-disabled']);
  });

  it('sets aside what the receiver could not process', async () => {
    const stream = await shop.createStream({ events_requested: wanted });
    const { userId } = await stage.person();
    await stage.change(userId, { isActive: false });
    await stage.looked(stream);
    const [id] = Object.keys((await shop.poll(stream)).body.sets as object);
    await shop.poll(stream, { setErrs: { [id!]: { err: 'invalid_request', description: 'secret words' } } });
    const [refused] = await product.core.ports.signals.refused(stream.stream_id as string, 5);
    expect(refused).toMatchObject({ id, failure: 'The receiver answered invalid_request.' });
    expect(Object.keys((await shop.poll(stream)).body.sets as object)).not.toContain(id);
  });
});

describe('acceptance 10: status', () => {
  it('a paused stream holds its events, and the receiver hears who paused it', async () => {
    const stream = await shop.push(uris('risc_account_disabled'));
    await product.run(setSsfStreamStatusCommand, {
      id: stream.stream_id,
      status: 'paused',
      reason: 'a rest',
    });
    const news = await only(shop, 'stream-updated');
    expect(news.payload).toEqual({ status: 'paused', reason: 'a rest' });
    const { userId } = await stage.person();
    await stage.change(userId, { isActive: false });
    await stage.looked(stream);
    expect(shop.typed('account-disabled')).toEqual([]);
    await product.run(setSsfStreamStatusCommand, { id: stream.stream_id, status: 'enabled' });
    await only(shop, 'account-disabled');
  });

  it('what was paused for a week is disabled, and what it held is gone', async () => {
    const stream = await shop.createStream({ events_requested: everything });
    const id = stream.stream_id as string;
    await shop.call('POST', (await shop.known()).status_endpoint, { stream_id: id, status: 'paused' });
    const { userId } = await stage.person();
    await stage.change(userId, { isActive: false });
    await stage.looked(stream);
    await later(product, days(6), () => product.run(tendStreamsCommand, {}));
    expect(product.core.ports.config.get(ssfStream, id)!.values.status).toBe('paused');
    await later(product, days(8), () => product.run(tendStreamsCommand, {}));
    expect(product.core.ports.config.get(ssfStream, id)!.values.status).toBe('disabled');
    await eventually(async () => {
      expect(await product.core.ports.signals.waiting([id], 5)).toEqual([]);
    });
    const [news] = await eventually(async () => {
      const events = await shop.fetched(await shop.poll(stream));
      expect(events).toHaveLength(1);
      return events;
    });
    expect(news).toMatchObject({ type: 'stream-updated', payload: { status: 'disabled' } });
  });

  it('a receiver that is not heard of for its inactivity timeout is paused', async () => {
    const stream = await shop.createStream({ events_requested: everything });
    const id = stream.stream_id as string;
    await new Client(product.baseUrl).admin(
      'mutation ($id: ID!) { updateSsfStream(id: $id, input: { inactivityTimeout: "hours=1" }) { position } }',
      { id },
    );
    await later(product, 59 * 60_000, () => product.run(tendStreamsCommand, {}));
    expect(product.core.ports.config.get(ssfStream, id)!.values.status).toBe('enabled');
    await later(product, 62 * 60_000, () => product.run(tendStreamsCommand, {}));
    expect(product.core.ports.config.get(ssfStream, id)!.values).toMatchObject({
      status: 'paused',
      statusChangedBy: 'transmitter',
    });
  });
});
