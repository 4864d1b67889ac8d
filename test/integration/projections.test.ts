import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { deleteUserCommand } from '../../commands/directory/delete-user.js';
import {
  grantMembershipCommand,
  revokeMembershipCommand,
} from '../../commands/directory/grant-membership.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { clientById } from '../../commands/oauth2/client.js';
import { chooseSubjectCommand } from '../../commands/ssf/choose-subject.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { eraseSubjectCommand } from '../../commands/privacy/erase-subject.js';
import { placeLegalHoldCommand } from '../../commands/privacy/legal-hold.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { Model } from '../../domain/kernel/model.js';
import { ssfStream } from '../../domain/ssf/model.js';
import { groups } from '../../bin/read-models.js';
import { ConfigModel } from '../../projections/config/config-model.js';
import { makeTables } from '../../projections/progress.js';
import { Client } from '../support/client.js';
import { createRelyingParty } from '../support/relying-party.js';
import { contentOf } from '../support/read-models.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';

let product: Product;
let events: readonly RecordedEvent[];

beforeAll(async () => {
  product = await startProduct();
  const client = new Client(product.baseUrl);
  const { groups: found } = await client.admin('{ groups { nodes { id } } }');
  const groupId = found.nodes[0].id as string;
  for (const username of ['ana', 'bert', 'cleo']) {
    const { userId } = await product.run(createUserCommand, {
      username,
      email: `${username}@example.com`,
      attributes: { team: { name: username } },
    });
    await product.run(setPasswordCommand, { userId, password: 'a long enough password' });
    await product.run(grantMembershipCommand, { groupId, userId });
    await new Client(product.baseUrl).login(username, 'a long enough password');
    await product.run(updateUserCommand, { userId, name: 'New Name', isActive: username !== 'bert' });
    if (username === 'cleo') await product.run(deleteUserCommand, { userId });
    if (username === 'ana') await product.run(revokeMembershipCommand, { groupId, userId });
    if (username === 'bert')
      await product.run(placeLegalHoldCommand, { userId, matter: 'bert v. ana' }, { reason: 'a claim' });
    if (username === 'cleo')
      await product.run(eraseSubjectCommand, { userId, legalBasis: 'objection' }, { reason: 'asked' });
  }
  const party = await createRelyingParty(product);
  const { id: streamId } = await product.run(createModelCommand(ssfStream as unknown as Model), {
    values: { name: 'signals', provider: party.providerId, issuer: 'https://id.example.com/' },
  });
  await product.run(chooseSubjectCommand, {
    id: streamId,
    receiver: clientById(product.core.ports.config, party.clientId),
    subject: { format: 'email', email: 'ana@example.com' },
    choice: 'added',
  });
  await client.admin('mutation { createGroup(input: { name: "doomed" }) { position } }');
  const person = new Client(product.baseUrl);
  await person.login('akadmin', adminPassword);
  await person.graphql('mutation { createToken(identifier: "some-token") { position } }');
  const doomed = await client.admin('{ groups(search: "doomed") { nodes { id } } }');
  await client.admin(`mutation { deleteGroup(id: "${doomed.groups.nodes[0].id as string}") { position } }`);
  for (const message of ['seen', 'unseen']) {
    await product.run(recordFactCommand, {
      type: 'activity.configuration.failed',
      data: { message, references: {} },
    });
    await vi.waitFor(async () => {
      const { unseenNotificationCount } = await client.admin('{ unseenNotificationCount }');
      expect(unseenNotificationCount).toBe(1);
    }, 5000);
    if (message === 'seen') await client.admin('mutation { markNotificationsSeen { count } }');
  }
  await product.settle();
  const { store, sealer } = product.core.ports;
  events = await sealer.openEvents(await store.readAll({ after: 0n, limit: 10_000 }));
});
afterAll(() => product.stop());

describe.each(groups.map((group) => [group.name, group] as const))('R4: group %s', (_name, group) => {
  it.each([1, 7, 500])(
    'rebuilt in pages of %i shows the same rows as the one that ran live',
    async (pageSize) => {
      const { db } = product.core;
      const live = await contentOf(db, group.live);
      expect(live.length).toBeGreaterThan(0);
      const fresh = `${group.name}_in_pages_of_${String(pageSize)}`;
      await makeTables(db, group, fresh);
      const relevant = events.filter((event) => group.handles(event.type));
      for (let at = 0; at < relevant.length; at += pageSize)
        await db.transaction().execute((tx) => group.apply(tx, fresh, relevant.slice(at, at + pageSize)));
      expect(await contentOf(db, fresh)).toEqual(live);
    },
  );
});

describe('the configuration in memory', () => {
  it('folded from the log equals the one that was loaded from rows', async () => {
    const loaded = await ConfigModel.load(product.core.db);
    const folded = new ConfigModel();
    folded.apply(events);
    const show = (view: ConfigModel): unknown[] =>
      product.core.ports.config
        .all({ name: 'stage_binding' } as never)
        .map((object) => [
          view.byId(object.id)?.values,
          view.byId(object.id)?.revision,
          view.referrers(object.id).length,
        ]);
    expect(show(folded)).toEqual(show(loaded));
    expect(show(loaded).length).toBeGreaterThan(5);
  });
});

describe('R3: the checkpoint', () => {
  it('stands at the last event of each group, and positions are dense', async () => {
    const { rows } = await sql<{
      n: bigint;
      last: bigint;
    }>`select count(*) as n, max(position) as last from es.event`.execute(product.core.db);
    expect(rows[0]!.n).toBe(rows[0]!.last);
    expect(BigInt(events.length)).toBe(rows[0]!.n);
  });
});
