import { Kysely, PostgresDialect, sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPool } from '../../adapters/postgres/pool.js';
import type { Condition } from '../../domain/kernel/condition/condition.js';
import { listAuditEntries } from '../../projections/audit/query.js';
import { auditIndexes, auditSchema, auditTables } from '../../projections/audit/table.js';
import { runInSchema } from '../../projections/progress.js';
import type { Database } from '../../projections/projection.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

/** More than are looked through one by one, and more with a word of the past than are fetched to look for other words. */
const count = 30_000;
const past = 24_000;

let database: TestDatabase;
let db: Database;

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** `person17` is rare, `seldom` less so, `often` frequent, `formerly` frequent in the past only. */
const wordsAt = (n: number): readonly string[] => [
  `person${String(n % 700)}`,
  'everywhere',
  ...(n % 9 === 0 ? ['often'] : []),
  ...(n % 200 === 0 ? ['seldom'] : []),
  ...(n < past ? ['formerly'] : []),
];
const actionAt = (n: number): string => (n % 2 === 0 ? 'login' : 'logout');

const expected = (search: string, action: string | null, after: number, limit: number): number[] =>
  Array.from({ length: after }, (_, n) => after - 1 - n)
    .filter((n) => action === null || actionAt(n) === action)
    .filter((n) => search.split(' ').every((word) => wordsAt(n).some((one) => one.startsWith(word))))
    .slice(0, limit);

beforeAll(async () => {
  database = await createDatabase();
  db = new Kysely({
    dialect: new PostgresDialect({ pool: createPool(database.connection, () => undefined) }),
  });
  await sql`create schema ${sql.id(auditSchema.live)}`.execute(db);
  await db.transaction().execute((tx) => runInSchema(tx, auditSchema.live, auditTables + auditIndexes));
  const entry = auditSchema.table('entry');
  const rows = Array.from({ length: count }, (_, n) => ({
    position: n,
    id: id(n),
    at: new Date(1_750_000_000_000 + n * 1000).toISOString(),
    recorded_at: new Date(1_750_000_000_000 + n * 1000).toISOString(),
    command_id: id(n),
    action: actionAt(n),
    severity: 'notice',
    outcome: 'success',
    app: 'access.logins',
    actor_type: 'user',
    actor_id: id(n % 700),
    actor_label: wordsAt(n).join(' '),
    via: 'flow',
    changes: [],
    context: {},
  }));
  for (let from = 0; from < count; from += 5000)
    await sql`insert into ${entry} select * from jsonb_populate_recordset(null::${entry}, ${JSON.stringify(rows.slice(from, from + 5000))}::jsonb)`.execute(
      db,
    );
  await sql`analyze ${entry}`.execute(db);
}, 60_000);
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

it.each([
  'everywhere',
  'often',
  'seldom',
  'person17',
  'person1 seldom',
  'person17 often',
  'person17 everywhere',
  'often person17 formerly',
  'everywhere formerly',
  'formerly seldom often',
  'person699 seldom',
  'nowhere everywhere',
  'nowhere',
])('finds the newest entries with the words "%s", page by page', async (search) => {
  for (const [action, after, limit] of [
    [null, count, 51],
    [null, past + 10, 51],
    ['login', count, 51],
    ['logout', 5000, 51],
    [null, count, 400],
  ] as const) {
    const condition: Condition = {
      all: [{ search }, ...(action === null ? [] : [{ field: 'action', is: [action] }])],
    };
    const found = await listAuditEntries(db, {
      condition,
      from: null,
      to: null,
      after: BigInt(after),
      limit,
    });
    expect(found.map(({ position }) => String(position))).toEqual(
      expected(search, action, after, limit).map(String),
    );
  }
});
