import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../projections/audit/project.js';
import { auditSchema } from '../../projections/audit/table.js';
import { trimEventLog } from '../../workers/trim-event-log.js';
import { retentionOf, trimmableLog } from '../../bin/retention.js';
import { readSettings } from '../../bin/configuration.js';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { placeLegalHoldCommand } from '../../commands/privacy/legal-hold.js';
import { Client } from '../support/client.js';
import { contentOf, rebuildGroup } from '../support/read-models.js';
import { createPerson } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';

const dayMs = 86_400_000;
let product: Product;
let people: readonly string[];

const entries = auditSchema.table('entry');
const count = async (action: string): Promise<number> => {
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from ${entries} where action = ${action}`.execute(product.core.db);
  return rows[0]!.n;
};
const counted = async (action: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`
    select coalesce(sum(count), 0)::int as n from ${auditSchema.table('volume')} where action = ${action}`.execute(
    product.core.db,
  );
  return rows[0]!.n;
};

/** The same product on another day. */
const after = (days: number) => ({
  ...product.core.ports,
  clock: { now: () => new Date(Date.now() + days * dayMs) },
});

const refusal = (userId: string) =>
  product.run(recordFactCommand, {
    type: 'activity.request.refused',
    data: { code: 'code_reused', subject: userId, userId, detail: {} },
  });

const trim = async (days: number): Promise<void> => {
  const retention = retentionOf(readSettings({ MUNIMENT_EVENT_LOG_SECURITY: 'days=10' }));
  await trimEventLog(after(days), trimmableLog(product.core), retention);
  await product.settle();
};

beforeAll(async () => {
  product = await startProduct();
  people = [await createPerson(product, 'ana'), await createPerson(product, 'ben')];
  for (const person of people) await refusal(person);
});
afterAll(() => product.stop());

describe('entries whose time is over', () => {
  it('stay while they are young enough', async () => {
    await trim(9);
    expect(await count('suspicious_request')).toBe(2);
    expect(await count('system_task_execution')).toBe(0);
  });

  it('stay while a sink has not got them', async () => {
    const { createHttpSink } = await new Client(product.baseUrl).admin(
      'mutation { createHttpSink(input: {name: "slow", url: "https://receiver.example"}) { httpSink { id } } }',
    );
    const id = createHttpSink.httpSink.id as string;
    await sql`insert into sink.cursor (sink_id, run, position, created_at) values (${id}, 'live', 1, now())`.execute(
      product.core.db,
    );
    await trim(11);
    expect(await count('suspicious_request')).toBe(2);
    await new Client(product.baseUrl).admin('mutation($id: ID!) { deleteSink(id: $id) { position } }', {
      id,
    });
  });

  it('go, but for those of people under a legal hold, and the numbers with them; so does a rebuild', async () => {
    await product.run(
      placeLegalHoldCommand,
      { userId: people[0]!, matter: 'a case' },
      { reason: 'asked for' },
    );
    const configuration = await count('model_created');
    await trim(11);
    const { rows } = await sql<{ target_id: string }>`
      select target_id from ${entries} where action = 'suspicious_request'`.execute(product.core.db);
    expect(rows.map((row) => row.target_id)).toEqual([people[0]!]);
    expect(await counted('suspicious_request')).toBe(1);
    expect(await count('model_created')).toBe(configuration);
    expect(await count('system_task_execution')).toBe(1);
    await trim(11);
    expect(await count('system_task_execution')).toBe(1);
    const shown = await contentOf(product.core.db, audit.live);
    await rebuildGroup(product, audit);
    expect(await contentOf(product.core.db, audit.live)).toEqual(shown);
  });
});
