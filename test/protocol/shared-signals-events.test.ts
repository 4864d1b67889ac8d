import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { deleteUserCommand } from '../../commands/directory/delete-user.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { eraseSubjectCommand } from '../../commands/privacy/erase-subject.js';
import { setSsfStreamStatusCommand } from '../../commands/ssf/set-stream-status.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { policyBinding } from '../../domain/policy/binding/model.js';
import { ssfStream } from '../../domain/ssf/model.js';
import { Client } from '../support/client.js';
import type { Product } from '../support/product.js';
import {
  createReceivingParty,
  eventually,
  everything,
  only,
  uris,
  SignalStage,
} from '../support/signal-stage.js';
import type { SsfReceiver } from '../support/ssf-receiver.js';

let stage: SignalStage;
let product: Product;
let shop: SsfReceiver;

beforeAll(async () => {
  stage = await SignalStage.start();
  ({ product, shop } = stage);
});
afterAll(() => stage.stop());
beforeEach(() => stage.clear());

describe('acceptance 10: push', () => {
  it('tells of sessions, in order, with the header that the receiver wanted', async () => {
    await shop.push(uris('caep_session_established', 'caep_session_presented', 'caep_session_revoked'), {
      authorization_header: 'Bearer of the receiver',
    });
    const { username, userId } = await stage.person();
    const idToken = await stage.signIn(shop, username);
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
    const { userId, username } = await stage.person();
    const was = { format: 'email', email: `${username}@example.com` };
    await product.run(setPasswordCommand, { userId, password: 'another long password' });
    expect(
      (await eventually(() => shop.typed('credential-change')[0] ?? expect.fail())).claims['sub_id'],
    ).toEqual(was);
    await stage.change(userId, { email: `${username}@example.org` });
    const changed = await only(shop, 'identifier-changed');
    expect([changed.claims['sub_id'], changed.payload['new-value']]).toEqual([
      was,
      `${username}@example.org`,
    ]);
    await stage.change(userId, { isActive: false });
    const now = { format: 'email', email: `${username}@example.org` };
    expect((await only(shop, 'account-disabled')).claims['sub_id']).toEqual(now);
    await stage.change(userId, { isActive: true });
    await only(shop, 'account-enabled');
    const { id: groupId } = await product.run(createModelCommand(group as unknown as Model), {
      values: { name: 'members' },
    });
    shop.events.length = 0;
    await product.run(grantMembershipCommand, { groupId, userId });
    expect((await only(shop, 'token-claims-change')).payload['claims']).toEqual({
      groups: ['members'],
    });
    await product.run(deleteUserCommand, { userId });
    expect((await only(shop, 'account-purged')).claims['sub_id']).toEqual(now);
  });

  it('tells the people in a group, and below it, that it was renamed, moved or deleted', async () => {
    const groupModel = group as unknown as Model;
    const make = async (name: string, parents: string[] = []): Promise<string> =>
      (await product.run(createModelCommand(groupModel), { values: { name, parents } })).id;
    const top = await make('top');
    const middle = await make('middle');
    const below = await make('below', [middle]);
    const [near, far, stranger] = [await stage.person(), await stage.person(), await stage.person()];
    await product.run(grantMembershipCommand, { groupId: middle, userId: near.userId });
    await product.run(grantMembershipCommand, { groupId: below, userId: far.userId });
    await product.run(grantMembershipCommand, { groupId: top, userId: stranger.userId });
    const stream = await shop.push(uris('caep_token_claims_change'));
    await product.run(changeModelCommand(ssfStream as unknown as Model), {
      id: stream.stream_id,
      values: { subjectFormat: 'opaque' },
    });
    /** New groups by person, as the receiver is told after a change. */
    const told = async (work: () => Promise<unknown>): Promise<Record<string, unknown>> => {
      shop.events.length = 0;
      await work();
      await stage.looked(stream);
      await eventually(async () => {
        expect(await product.core.ports.signals.lags()).toEqual([]);
      });
      return Object.fromEntries(
        shop
          .typed('token-claims-change')
          .map(({ claims, payload }) => [claims['sub_id'].id as string, payload['claims'].groups]),
      );
    };
    const change = (values: Record<string, unknown>) => () =>
      product.run(changeModelCommand(groupModel), { id: middle, values });
    expect(await told(change({ name: 'centre' }))).toEqual({
      [near.userId]: ['centre'],
      [far.userId]: ['below', 'centre'],
    });
    expect(await told(change({ parents: [top] }))).toEqual({
      [near.userId]: ['centre', 'top'],
      [far.userId]: ['below', 'centre', 'top'],
    });
    expect(await told(change({ attributes: { floor: 3 } }))).toEqual({});
    expect(await told(() => product.run(deleteModelCommand(groupModel), { id: middle }))).toEqual({
      [near.userId]: [],
      [far.userId]: ['below'],
    });
  });

  it('tells only of those who can use the application, up to the event that shuts them out', async () => {
    const { id: groupId } = await product.run(createModelCommand(group as unknown as Model), {
      values: { name: 'customers' },
    });
    const closed = await createReceivingParty(product, 'closed');
    await product.run(createModelCommand(policyBinding as unknown as Model), {
      values: { target: closed.applicationId, group: groupId },
    });
    const inside = await stage.person();
    const outside = await stage.person();
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

describe('D1: nothing personal is kept', () => {
  it('an erased person is named in no stored delivery, and events that need his address do not leave', async () => {
    const stream = await shop.createStream({ events_requested: everything });
    const id = stream.stream_id as string;
    await product.run(setSsfStreamStatusCommand, { id, status: 'paused' });
    const { userId, username } = await stage.person();
    await stage.change(userId, { email: `canary-${username}@example.com`, name: `canary ${username}` });
    await stage.looked(stream);
    await product.run(
      eraseSubjectCommand,
      { userId, legalBasis: 'consent_withdrawn' },
      { reason: 'the person asked for it' },
    );
    await stage.looked(stream);
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
