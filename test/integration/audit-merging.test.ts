import { Kysely, PostgresDialect, sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPool } from '../../adapters/postgres/pool.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { audit } from '../../projections/audit/project.js';
import { auditIndexes, auditTables } from '../../projections/audit/table.js';
import { runInSchema } from '../../projections/progress.js';
import type { Database } from '../../projections/projection.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createDatabase();
  db = new Kysely({
    dialect: new PostgresDialect({ pool: createPool(database.connection, () => undefined) }),
  });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const changed = (position: number, command: number, role: number, name: string): RecordedEvent => ({
  position: BigInt(position),
  stream: `role-${id(role)}`,
  revision: position,
  id: id(position),
  type: 'role.changed',
  version: 1,
  data: { set: { name }, was: { name: 'before' } },
  meta: {
    commandId: id(command),
    correlationId: 'a request',
    causationId: null,
    actor: { type: 'system', id: 'muniment', label: null },
    onBehalfOf: null,
    sessionId: null,
    brandId: null,
    tenant: 'main',
    via: 'system',
    requestId: 'a request',
    client: null,
    reason: null,
    claims: [],
  } as unknown as RecordedEvent['meta'],
  at: new Date(position * 1000),
  recordedAt: new Date(position * 1000),
});

/** Two commands that change a role each, twice, one between the other's, as a store of single streams may keep them. */
const events = [
  changed(1, 901, 801, 'a'),
  changed(2, 902, 802, 'b'),
  changed(3, 901, 801, 'c'),
  changed(4, 903, 803, 'd'),
  changed(5, 902, 802, 'e'),
];

const entriesAfter = async (schema: string, pages: readonly (readonly RecordedEvent[])[]) => {
  await sql`create schema ${sql.id(schema)}`.execute(db);
  await db.transaction().execute((tx) => runInSchema(tx, schema, auditTables + auditIndexes));
  for (const page of pages) await db.transaction().execute((tx) => audit.apply(tx, schema, page));
  const { rows } = await sql<{
    position: bigint;
    changes: readonly unknown[];
  }>`select * from ${sql.id(schema, 'entry')} order by position`.execute(db);
  return rows;
};

it('events of one command are one entry of a target, wherever pages end and whatever lies between', async () => {
  const whole = await entriesAfter('whole', [events]);
  expect(whole.map(({ position, changes }) => [position, changes.length])).toEqual([
    [1n, 2],
    [2n, 2],
    [4n, 1],
  ]);
  expect(
    await entriesAfter(
      'single',
      events.map((event) => [event]),
    ),
  ).toEqual(whole);
  expect(await entriesAfter('cut', [events.slice(0, 2), events.slice(2)])).toEqual(whole);
});
