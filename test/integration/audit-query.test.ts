import fc from 'fast-check';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meets } from '../../domain/kernel/condition/condition.js';
import { conditionSql } from '../../projections/audit/condition-sql.js';
import { auditEntryOf } from '../../projections/audit/query.js';
import { auditIndexes, auditSchema, auditTables, type AuditRow } from '../../projections/audit/table.js';
import type { Database } from '../../projections/projection.js';
import { runInSchema } from '../../projections/progress.js';
import { Client } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { adminToken, startProduct, type Product } from '../support/product.js';
import {
  randomChanges,
  randomCondition,
  randomContext,
  randomText,
  randomTime,
} from '../support/random-conditions.js';

let database: TestDatabase;
let db: Database;
let rows: readonly AuditRow[];

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const maybeId = maybe(fc.constantFrom(id(1), '00000000-0000-4000-8000-0000000000aa'));

const randomTarget = fc.oneof(
  fc.constant({}),
  fc.record({
    target_type: fc.constantFrom('user', 'group'),
    target_id: randomText,
    target_label: maybe(randomText),
  }),
);

const randomRow = fc
  .tuple(
    randomTarget,
    fc.record({
      action: fc.constantFrom('login', 'model_updated'),
      reason: maybe(randomText),
      at: randomTime,
      actor_label: maybe(randomText),
      on_behalf_of_id: maybeId,
      session_id: maybeId,
      ip: maybe(randomText),
      brand_id: maybe(randomText),
      on_behalf_of_label: maybe(randomText),
      geo_country: maybe(randomText),
      geo_city: maybe(randomText),
      geo_lat: fc.constantFrom(52.5, 0, null),
      geo_lon: fc.constant(-3.25),
      asn_number: maybe(fc.constantFrom(5, 64500)),
      asn_org: maybe(randomText),
      changes: randomChanges,
      context: randomContext,
    }),
  )
  .map(([target, row]) => ({ ...target, ...row }));

const insert = async (values: readonly object[]): Promise<void> => {
  const entry = auditSchema.table('entry');
  await sql`insert into ${entry} select * from jsonb_populate_recordset(null::${entry}, ${JSON.stringify(values)}::jsonb)`.execute(
    db,
  );
};

beforeAll(async () => {
  database = await createDatabase();
  db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool(database.connection) }) });
  await sql`create schema ${sql.id(auditSchema.live)}`.execute(db);
  await db.transaction().execute((tx) => runInSchema(tx, auditSchema.live, auditTables + auditIndexes));
  await insert(
    fc.sample(randomRow, { numRuns: 120, seed: 7 }).map((row, index) => ({
      position: index,
      id: index === 0 ? '00000000-0000-4000-8000-0000000000aa' : id(index + 10),
      recorded_at: row.at,
      app: 'test',
      severity: 'notice',
      outcome: 'success',
      actor_type: 'user',
      actor_id: id(index),
      via: 'admin',
      command_id: id(index),
      correlation_id: 'x',
      ...row,
    })),
  );
  rows = (await sql<AuditRow>`select e.* from ${auditSchema.table('entry')} e order by position`.execute(db))
    .rows;
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

describe('a condition over the event log', () => {
  it('selects the same entries as SQL and as predicate', async () => {
    const found = new Set<number>();
    await fc.assert(
      fc.asyncProperty(randomCondition, async (condition) => {
        const selected = await sql<{ position: number }>`
          select e.position from ${auditSchema.table('entry')} e where ${conditionSql(condition)} order by 1`.execute(
          db,
        );
        const positions = selected.rows.map((row) => String(row.position));
        found.add(positions.length);
        expect(positions).toEqual(
          rows.filter((row) => meets(condition, auditEntryOf(row))).map((row) => String(row.position)),
        );
      }),
      { numRuns: 800 },
    );
    // Neither always all nor always none.
    expect(found.size).toBeGreaterThan(20);
  });
});

describe('the query box', () => {
  let product: Product;
  const admin = (query: string, variables?: Record<string, unknown>) =>
    new Client(product.baseUrl).admin(query, variables);

  beforeAll(async () => {
    product = await startProduct();
    await product.settle();
  });
  afterAll(() => product.stop());

  it('finds entries by fields, nested paths and words', async () => {
    const list = async (query: string): Promise<readonly { action: string }[]> =>
      (
        await admin(
          'query($q: String) { auditEntries(first: 50, filter: {query: $q}) { nodes { action } } }',
          {
            q: query,
          },
        )
      ).auditEntries.nodes;
    const created = await list('action = model_created and changes[].field matches "slu?" and created > -1h');
    expect(created.length).toBeGreaterThan(3);
    expect(new Set(created.map(({ action }) => action))).toEqual(new Set(['model_created']));
    expect(await list('target.type = flow "default-authentication"')).not.toEqual([]);
    expect(await list('target.type = flow "efault-authentication"')).toEqual([]);
    expect(await list('created > now')).toEqual([]);
  });

  it('names the field and the place of an error', async () => {
    const { status, body } = await new Client(product.baseUrl).graphql(
      '{ auditEntries(first: 1, filter: {query: "action = nothing"}) { nodes { id } } }',
      {},
      { authorization: `Bearer ${adminToken}` },
    );
    expect(status).toBe(200);
    expect(body.errors[0].extensions).toMatchObject({
      code: 'INVALID_INPUT',
      fields: [{ path: 'filter.query', message: 'nothing is no action, at character 10.' }],
    });
  });

  it('tells fields and completes', async () => {
    const { auditQueryFields, auditQueryCompletions } = await admin(
      `{ auditQueryFields { name kind values }
         auditQueryCompletions(text: "severity = w", cursor: 12) { from to items { text kind } error { position expected } } }`,
    );
    expect(auditQueryFields).toContainEqual({
      name: 'severity',
      kind: 'choice',
      values: ['notice', 'warning', 'alert'],
    });
    expect(auditQueryFields).toContainEqual({ name: 'context', kind: 'open', values: [] });
    expect(auditQueryCompletions).toEqual({
      from: 11,
      to: 12,
      items: [{ text: 'warning', kind: 'value' }],
      error: { position: 11, expected: ['notice', 'warning', 'alert'] },
    });
  });
});
