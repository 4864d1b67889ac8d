import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sql } from 'kysely';
import { deleteUserCommand } from '../../commands/directory/delete-user.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { eraseSubjectCommand } from '../../commands/privacy/erase-subject.js';
import { resendSsfEventsCommand } from '../../commands/ssf/refused-signals.js';
import { verifySsfStreamCommand } from '../../commands/ssf/request-verification.js';
import { setSsfStreamStatusCommand } from '../../commands/ssf/set-stream-status.js';
import { tendStreamsCommand } from '../../commands/ssf/tend-streams.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { scopeMapping } from '../../domain/mapping/scope/model.js';
import { policyBinding } from '../../domain/policy/binding/model.js';
import { eventUri, signalTypes, type SignalType } from '../../domain/ssf/event-types.js';
import { ssfStream } from '../../domain/ssf/model.js';
import { Client } from '../support/client.js';
import { later } from '../support/later.js';
import { createPerson, obtainCode, password, redeem } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';
import { createRelyingParty, type RelyingParty } from '../support/relying-party.js';
import { SsfReceiver, type SecurityEvent } from '../support/ssf-receiver.js';

/** Retries a twentieth of a second apart, for ever. */
const hurried = (): number => 50;
const everything = signalTypes.map(eventUri);
const uris = (...types: SignalType[]): string[] => types.map(eventUri);
const days = (count: number): number => count * 86_400_000;

let product: Product;
let shop: SsfReceiver;
let forum: SsfReceiver;
let made = 0;

const party = (name: string): Promise<RelyingParty> => {
  const scopes = ['openid', 'email', 'profile', 'ssf.manage', 'ssf.read'];
  return createRelyingParty(product, {
    slug: name,
    provider: {
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      scopes: product.core.ports.config
        .all(scopeMapping)
        .filter(({ values }) => scopes.includes(values.scopeName))
        .map(({ id }) => id),
    },
  });
};

const person = async (): Promise<{ readonly userId: string; readonly username: string }> => {
  const username = `person-${String(++made)}`;
  const email = `${username}@example.com`;
  return { userId: await createPerson(product, username, { name: `Name of ${username}`, email }), username };
};

const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 20_000, interval: 25 });

/** The one event of a type, as soon as it has come. */
const only = (receiver: SsfReceiver, type: string): Promise<SecurityEvent> =>
  eventually(() => {
    expect(receiver.typed(type)).toHaveLength(1);
    return receiver.typed(type)[0]!;
  });

/** Claims of the ID token of somebody who signs in at an application. */
const signIn = async ({ party: at }: SsfReceiver, username: string): Promise<Record<string, any>> => {
  const { code, pkce } = await obtainCode(new Client(product.baseUrl), product, at, { username, password });
  const answer = await redeem(new Client(product.baseUrl), at, code, pkce);
  return JSON.parse(
    Buffer.from(String(answer.body.id_token).split('.')[1]!, 'base64url').toString(),
  ) as Record<string, any>;
};

/** Lets the reactor look at everything that has happened so far: the verification that it sends is the last of it. */
const looked = async (stream: any): Promise<void> => {
  await product.run(verifySsfStreamCommand, { id: stream.stream_id });
  await eventually(async () => {
    const { rows } = await sql<{ done: boolean }>`
      select position >= ${await product.core.ports.store.head()} as done from outbox.reactor where name = 'ssf'`.execute(
      product.core.db,
    );
    expect(rows[0]?.done).toBe(true);
  });
};

const change = (userId: string, patch: Record<string, unknown>): Promise<unknown> =>
  product.run(updateUserCommand, { userId, ...patch });

beforeAll(async () => {
  [shop, forum] = await Promise.all([SsfReceiver.start(), SsfReceiver.start()]);
  product = await startProduct({ MUNIMENT_OUTBOUND_ALLOW: `${shop.target},${forum.target}` }, hurried);
  shop.join(await party('shop'), product.baseUrl);
  forum.join(await party('forum'), product.baseUrl);
});
afterAll(async () => {
  await product.stop();
  await Promise.all([shop.stop(), forum.stop()]);
});
beforeEach(async () => {
  for (const receiver of [shop, forum]) {
    receiver.misbehave = () => false;
    const { configuration_endpoint: address } = await receiver.known();
    for (const { stream_id: id } of (await receiver.call('GET', address)).body as { stream_id: string }[])
      await receiver.call('DELETE', `${address}?stream_id=${id}`);
    receiver.events.length = 0;
  }
});

describe('metadata', () => {
  it('stands below the issuer of the installation and of each application', async () => {
    const own = await shop.metadata();
    expect(own).toMatchObject({
      spec_version: '1_0',
      issuer: shop.party.issuer,
      delivery_methods_supported: ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'],
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    });
    expect((await shop.metadata('')).issuer).toBe(product.baseUrl);
    await expect(shop.metadata('/application/o/nowhere/')).rejects.toThrow('404');
  });
});

describe('acceptance 10: the life of a stream', () => {
  it('is made, read, changed, replaced and deleted by its receiver', async () => {
    const { configuration_endpoint: address } = await shop.known();
    const stream = await shop.push([...uris('caep_session_revoked'), 'https://example.com/unknown']);
    expect(stream).toMatchObject({
      iss: shop.party.issuer,
      aud: shop.party.clientId,
      events_supported: everything,
      events_delivered: uris('caep_session_revoked'),
      delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: shop.address },
      min_verification_interval: 60,
    });
    const one = `${address}?stream_id=${stream.stream_id as string}`;
    expect((await shop.call('GET', one)).body).toEqual(stream);
    expect((await shop.call('GET', address)).body).toEqual([stream]);
    const patched = await shop.call('PATCH', address, {
      stream_id: stream.stream_id,
      events_requested: uris('risc_account_disabled'),
    });
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({
      events_delivered: uris('risc_account_disabled'),
      delivery: stream.delivery,
    });
    const replaced = await shop.call('PUT', address, { ...patched.body, delivery: undefined });
    expect(replaced.body.delivery).toEqual({
      method: 'urn:ietf:rfc:8936',
      endpoint_url: `${shop.party.issuer}ssf/streams/${stream.stream_id as string}/poll`,
    });
    const claimed = await shop.call('PATCH', address, { stream_id: stream.stream_id, aud: 'somebody else' });
    expect([claimed.status, claimed.body.description]).toEqual([400, 'aud: Only the transmitter sets aud.']);
    expect((await shop.call('DELETE', one)).status).toBe(204);
    expect((await shop.call('GET', one)).status).toBe(404);
    expect((await shop.call('GET', address)).body).toEqual([]);
  });

  it('each step names its actor in the event log', async () => {
    await shop.push(everything);
    await product.settle();
    const data = await new Client(product.baseUrl).admin(
      '{ auditEntries(first: 50, filter: { actions: ["model_created"] }) { nodes { actor { type label } targetType } } }',
    );
    expect(data.auditEntries.nodes).toContainEqual({
      actor: { type: 'client', label: 'Provider of shop' },
      targetType: 'ssfstream',
    });
  });

  it('needs a token of the client with the right scope', async () => {
    const { configuration_endpoint: address } = await shop.known();
    const bare = await fetch(address);
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="muniment"']);
    expect((await shop.call('GET', address, undefined, 'wrong')).status).toBe(401);
    const reading = await shop.accessToken('ssf.read');
    expect((await shop.call('GET', address, undefined, reading)).status).toBe(200);
    expect((await shop.call('POST', address, {}, reading)).status).toBe(403);
    const neither = await shop.accessToken('openid');
    expect((await shop.call('GET', address, undefined, neither)).status).toBe(403);
    const foreign = await forum.accessToken();
    expect((await shop.call('GET', address, undefined, foreign)).status).toBe(401);
  });

  it('names what is wrong with a request, and has an end to the number of streams', async () => {
    const { configuration_endpoint: address } = await shop.known();
    const bad = { method: 'urn:ietf:rfc:8935', endpoint_url: 'not an address' };
    for (const [body, member] of [
      [{ delivery: bad }, 'endpointUrl'],
      [{ delivery: { method: 'pigeon' } }, 'delivery.method'],
      [{ events_requested: 'all' }, 'events_requested'],
    ] as const) {
      const answer = await shop.call('POST', address, body);
      expect([answer.status, answer.body.err]).toEqual([400, 'invalid_input']);
      expect(answer.body.description).toContain(member);
    }
    for (let count = 0; count < 10; count += 1) await shop.createStream({});
    expect((await shop.call('POST', address, {})).status).toBe(409);
  });

  it('two receivers see and touch nothing of each other', async () => {
    const stream = await shop.createStream({ events_requested: everything });
    const own = await forum.createStream({ events_requested: everything });
    const at = await forum.known();
    const id = stream.stream_id as string;
    expect((await forum.call('GET', at.configuration_endpoint)).body).toEqual([own]);
    for (const answer of [
      await forum.call('GET', `${at.configuration_endpoint}?stream_id=${id}`),
      await forum.call('DELETE', `${at.configuration_endpoint}?stream_id=${id}`),
      await forum.call('PATCH', at.configuration_endpoint, { stream_id: id, description: 'mine' }),
      await forum.call('POST', at.status_endpoint, { stream_id: id, status: 'disabled' }),
      await forum.call('POST', at.verification_endpoint, { stream_id: id }),
      await forum.call('POST', own.delivery.endpoint_url.replace(own.stream_id, id), {}),
    ])
      expect(answer.status).toBe(404);
  });
});

describe('acceptance 10: verification', () => {
  it('brings back the state, no more often than the interval allows', async () => {
    const stream = await shop.push([]);
    const { verification_endpoint: address } = await shop.known();
    const ask = () => shop.call('POST', address, { stream_id: stream.stream_id, state: 'the state' });
    expect((await ask()).status).toBe(204);
    const event = await only(shop, 'verification');
    expect(event.payload).toEqual({ state: 'the state' });
    expect(event.claims['sub_id']).toEqual({ format: 'opaque', id: stream.stream_id });
    expect(event.header).toMatchObject({ alg: 'RS256', typ: 'secevent+jwt' });
    const second = await ask();
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '60']);
  });
});

describe('acceptance 10: push', () => {
  it('tells of sessions, in order, with the header that the receiver wanted', async () => {
    await shop.push(uris('caep_session_established', 'caep_session_presented', 'caep_session_revoked'), {
      authorization_header: 'Bearer of the receiver',
    });
    const { username, userId } = await person();
    const idToken = await signIn(shop, username);
    await product.run(setPasswordCommand, { userId, password: 'another long password' });
    await eventually(() => {
      expect(shop.events.map(({ type }) => type)).toEqual([
        'session-established',
        'session-presented',
        'session-revoked',
      ]);
    });
    const [established, , revoked] = shop.events;
    expect(established!.headers.authorization).toBe('Bearer of the receiver');
    expect(revoked!.claims['sub_id']).toEqual({
      format: 'complex',
      user: { format: 'iss_sub', iss: shop.party.issuer, sub: idToken['sub'] },
      session: { format: 'opaque', id: idToken['sid'] },
    });
    expect(revoked!.payload).toMatchObject({
      initiating_entity: 'system',
      reason_admin: { en: 'The password was changed.' },
    });
    expect(typeof revoked!.claims['txn']).toBe('string');
  });

  it('tells of accounts, credentials and claims, in the format that the administrator chose', async () => {
    const stream = await shop.push(everything);
    await new Client(product.baseUrl).admin(
      `mutation ($id: ID!) { updateSsfStream(id: $id, input: { subjectFormat: email }) { position } }`,
      { id: stream.stream_id },
    );
    const { userId, username } = await person();
    const was = { format: 'email', email: `${username}@example.com` };
    await product.run(setPasswordCommand, { userId, password: 'another long password' });
    expect(
      (await eventually(() => shop.typed('credential-change')[0] ?? expect.fail())).claims['sub_id'],
    ).toEqual(was);
    await change(userId, { email: `${username}@example.org` });
    const changed = await only(shop, 'identifier-changed');
    expect([changed.claims['sub_id'], changed.payload['new-value']]).toEqual([
      was,
      `${username}@example.org`,
    ]);
    await change(userId, { isActive: false });
    const now = { format: 'email', email: `${username}@example.org` };
    expect((await only(shop, 'account-disabled')).claims['sub_id']).toEqual(now);
    await change(userId, { isActive: true });
    await only(shop, 'account-enabled');
    const { id: groupId } = await product.run(createModelCommand(group as unknown as Model), {
      values: { name: `members ${String(made)}` },
    });
    shop.events.length = 0;
    await product.run(grantMembershipCommand, { groupId, userId });
    expect((await only(shop, 'token-claims-change')).payload['claims']).toEqual({
      groups: [`members ${String(made)}`],
    });
    await product.run(deleteUserCommand, { userId });
    expect((await only(shop, 'account-purged')).claims['sub_id']).toEqual(now);
  });

  it('tells only of those who can use the application, up to the event that shuts them out', async () => {
    const { id: groupId } = await product.run(createModelCommand(group as unknown as Model), {
      values: { name: `customers ${String(++made)}` },
    });
    const closed = await party(`closed-${String(made)}`);
    await product.run(createModelCommand(policyBinding as unknown as Model), {
      values: { target: closed.applicationId, group: groupId },
    });
    const inside = await person();
    const outside = await person();
    await product.run(grantMembershipCommand, { groupId, userId: inside.userId });
    const { id: streamId } = await product.run(createModelCommand(ssfStream as unknown as Model), {
      values: {
        name: 'closed',
        provider: closed.providerId,
        events: ['risc_account_disabled', 'caep_credential_change', 'risc_account_purged'],
        subjectFormat: 'opaque',
        issuer: closed.issuer,
      },
    });
    for (const { userId } of [inside, outside]) {
      await product.run(setPasswordCommand, { userId, password: 'another long password' });
      await product.run(deleteUserCommand, { userId });
    }
    const waiting = await eventually(async () => {
      const rows = await product.core.ports.signals.waiting([streamId], 10);
      expect(rows).toHaveLength(2);
      return rows;
    });
    expect(waiting.map(({ reference }) => [reference['type'], reference['userId']])).toEqual([
      ['caep_credential_change', inside.userId],
      ['risc_account_purged', inside.userId],
    ]);
  });
});

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
    const { userId } = await person();
    await change(userId, { isActive: false });
    await eventually(() => {
      expect(attempts.length).toBeGreaterThan(0);
    });
    await product.stopNotifications();
    await change(userId, { isActive: true });
    await change(userId, { isActive: false });
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
    const { userId } = await person();
    await change(userId, { isActive: false });
    await eventually(async () => {
      expect((await product.core.ports.signals.backlog(stream.stream_id as string)).refused).toBe(1);
    });
    await change(userId, { isActive: true });
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
    const { userId } = await person();
    await change(userId, { isActive: false });
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
    const { userId } = await person();
    for (const isActive of [false, true, false]) await change(userId, { isActive });
    await looked(stream);
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
    const { userId } = await person();
    const waiting = shop.poll(stream, { returnImmediately: false });
    await change(userId, { isActive: false });
    expect((await shop.fetched(await waiting)).map(({ type }) => type)).toEqual(['account-disabled']);
  });

  it('sets aside what the receiver could not process', async () => {
    const stream = await shop.createStream({ events_requested: wanted });
    const { userId } = await person();
    await change(userId, { isActive: false });
    await looked(stream);
    const [id] = Object.keys((await shop.poll(stream)).body.sets as object);
    await shop.poll(stream, { setErrs: { [id!]: { err: 'invalid_request', description: 'secret words' } } });
    const [refused] = await product.core.ports.signals.refused(stream.stream_id as string, 5);
    expect(refused).toMatchObject({ id, failure: 'The receiver answered invalid_request.' });
    expect(Object.keys((await shop.poll(stream)).body.sets as object)).not.toContain(id);
  });
});

describe('status', () => {
  it('a paused stream holds its events, and the receiver hears who paused it', async () => {
    const stream = await shop.push(uris('risc_account_disabled'));
    await product.run(setSsfStreamStatusCommand, {
      id: stream.stream_id,
      status: 'paused',
      reason: 'a rest',
    });
    const news = await only(shop, 'stream-updated');
    expect(news.payload).toEqual({ status: 'paused', reason: 'a rest' });
    const { userId } = await person();
    await change(userId, { isActive: false });
    await looked(stream);
    expect(shop.typed('account-disabled')).toEqual([]);
    await product.run(setSsfStreamStatusCommand, { id: stream.stream_id, status: 'enabled' });
    await only(shop, 'account-disabled');
  });

  it('what was paused for a week is disabled, and what it held is gone', async () => {
    const stream = await shop.createStream({ events_requested: everything });
    const id = stream.stream_id as string;
    await shop.call('POST', (await shop.known()).status_endpoint, { stream_id: id, status: 'paused' });
    const { userId } = await person();
    await change(userId, { isActive: false });
    await looked(stream);
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

describe('subjects', () => {
  it('are taken out and put back by every name that the receiver knows them by', async () => {
    const stream = await shop.push(uris('risc_account_disabled', 'risc_account_enabled'));
    const { userId, username } = await person();
    const { sub } = await signIn(shop, username);
    const at = await shop.known();
    const choose = (address: string, subject: unknown) =>
      shop.call('POST', address, { stream_id: stream.stream_id, subject });
    const names = [
      { format: 'iss_sub', iss: shop.party.issuer, sub },
      { format: 'email', email: `${username}@example.com` },
      { format: 'opaque', id: userId },
      { format: 'complex', user: { format: 'opaque', id: userId } },
    ];
    let active = true;
    const isActive = (): boolean => active;
    const flip = async (): Promise<void> => {
      active = !active;
      await change(userId, { isActive: active });
      await looked(stream);
    };
    for (const name of names) {
      // Somebody who may not sign in cannot be chosen either.
      if (!isActive()) await flip();
      expect((await choose(at.remove_subject_endpoint, name)).status).toBe(204);
      shop.events.length = 0;
      await flip();
      await flip();
      expect(shop.events.filter(({ type }) => type.startsWith('account-'))).toEqual([]);
      expect((await choose(at.add_subject_endpoint, name)).status).toBe(200);
    }
    await flip();
    await only(shop, 'account-disabled');
    for (const unknown of [
      { format: 'email', email: 'nobody@example.com' },
      { format: 'iss_sub', iss: 'https://elsewhere.example.com/', sub },
      { format: 'opaque', id: 'not an id' },
    ])
      expect((await choose(at.add_subject_endpoint, unknown)).status).toBe(404);
    expect((await choose(at.add_subject_endpoint, { format: 'phone_number' })).status).toBe(400);
  });
});

describe('D1: nothing personal is kept', () => {
  it('an erased person is named in no stored delivery, and events that need his address do not leave', async () => {
    const stream = await shop.createStream({ events_requested: everything });
    const id = stream.stream_id as string;
    await product.run(setSsfStreamStatusCommand, { id, status: 'paused' });
    const { userId, username } = await person();
    await change(userId, { email: `canary-${username}@example.com`, name: `canary ${username}` });
    await looked(stream);
    await product.run(
      eraseSubjectCommand,
      { userId, legalBasis: 'consent_withdrawn' },
      { reason: 'the person asked for it' },
    );
    await looked(stream);
    const { rows } = await sql<{ text: string }>`select d::text as text from outbox.delivery d`.execute(
      product.core.db,
    );
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.filter(({ text }) => text.includes(username))).toEqual([]);
    await product.run(setSsfStreamStatusCommand, { id, status: 'enabled' });
    const answer = await eventually(async () => {
      const found = await shop.poll(stream);
      expect(Object.keys(found.body.sets as object).length).toBeGreaterThan(3);
      return found;
    });
    const events = await shop.fetched(answer);
    expect(events.map(({ type }) => type)).toContain('account-purged');
    expect(events.map(({ type }) => type)).not.toContain('identifier-changed');
    expect(JSON.stringify(events)).not.toContain(username);
  });
});
