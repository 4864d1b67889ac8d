import { sql } from 'kysely';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { prepared } from '../prepared.js';
import type { ProjectionGroup, Tx } from '../projection.js';
import { shreddedUsersIn } from '../shredded.js';
import { mergeKeyOf, PageTally, withFacts } from './page-tally.js';
import { keptDays, statsIndexes, statsSchema, statsTables } from './table.js';

const load = async (tx: Tx, schema: string, keys: readonly string[]): Promise<PageTally> => {
  const { rows } = await sql<{ merge_key: string; position: bigint }>`${prepared}
    select merge_key, position from ${sql.id(schema, 'merged')} where merge_key = any (${keys})`.execute(tx);
  const newest = await sql<{ ms: number }>`${prepared}
    select (extract(epoch from at) * 1000)::float8 as ms from ${sql.id(schema, 'newest')}`.execute(tx);
  return new PageTally(
    keptDays,
    new Map(rows.map((row) => [row.merge_key, Number(row.position)])),
    newest.rows[0]?.ms ?? 0,
  );
};

const forget = async (tx: Tx, schema: string, users: readonly string[]): Promise<void> => {
  await sql`delete from ${sql.id(schema, 'tally')} where scope = 'user' and scope_id = any (${users}::text[])`.execute(
    tx,
  );
  for (const table of ['use', 'last_use'])
    await sql`delete from ${sql.id(schema, table)} where user_id = any (${users}::uuid[])`.execute(tx);
};

const store = async (tx: Tx, schema: string, page: PageTally): Promise<void> => {
  if (page.rows.length > 0)
    await sql`${prepared}
      insert into ${sql.id(schema, 'tally')} as t
      select * from jsonb_populate_recordset(null::${sql.id(schema, 'tally')}, ${JSON.stringify(page.rows)}::jsonb)
      on conflict (scope, scope_id, at, action, outcome) do update set count = t.count + excluded.count`.execute(
      tx,
    );
  if (page.uses.length > 0) {
    const uses = JSON.stringify(page.uses);
    await sql`${prepared}
      insert into ${sql.id(schema, 'use')} as u
      select * from jsonb_populate_recordset(null::${sql.id(schema, 'use')}, ${uses}::jsonb)
      on conflict (user_id, application_id, day) do update set count = u.count + excluded.count`.execute(tx);
    await sql`${prepared}
      insert into ${sql.id(schema, 'last_use')} as l
      select user_id, application_id, max(at)
        from jsonb_populate_recordset(null::${sql.id(schema, 'last_use')}, ${uses}::jsonb) group by 1, 2
      on conflict (user_id, application_id) do update set at = greatest(l.at, excluded.at)`.execute(tx);
  }
  if (page.merged.length > 0)
    await sql`${prepared}
      insert into ${sql.id(schema, 'merged')}
      select * from jsonb_populate_recordset(null::${sql.id(schema, 'merged')}, ${JSON.stringify(page.merged)}::jsonb)
      on conflict (merge_key) do update set position = excluded.position`.execute(tx);
  await sql`${prepared}
    insert into ${sql.id(schema, 'newest')} values (true, ${page.newest}::timestamptz)
    on conflict (one) do update set at = excluded.at`.execute(tx);
};

const dropOld = async (tx: Tx, schema: string, page: PageTally): Promise<void> => {
  await sql`${prepared} delete from ${sql.id(schema, 'merged')} where position < ${page.mergedFrom}`.execute(
    tx,
  );
  if (!page.hasOutgrown) return;
  const oldest = new Date(page.oldestMs).toISOString();
  await sql`${prepared} delete from ${sql.id(schema, 'tally')} where at < ${oldest}::timestamptz`.execute(tx);
  await sql`${prepared} delete from ${sql.id(schema, 'use')} where day < ${oldest.slice(0, 10)}::date`.execute(
    tx,
  );
};

const apply = async (tx: Tx, schema: string, events: readonly RecordedEvent[]): Promise<void> => {
  const facts = withFacts(events);
  const page = await load(
    tx,
    schema,
    facts.flatMap(({ event, fact }) => (fact ? [mergeKeyOf(event, fact)] : [])),
  );
  for (const { event, fact } of facts) {
    page.add(event, fact);
    for (const user of shreddedUsersIn([event])) page.erase(user);
  }
  if (page.erased.length > 0) await forget(tx, schema, page.erased);
  await store(tx, schema, page);
  await dropOld(tx, schema, page);
};

/** What happened how often: for the overview, and for the pages of users and applications. */
export const stats: ProjectionGroup = {
  ...statsSchema,
  tables: statsTables,
  indexes: statsIndexes,
  handles: () => true,
  apply,
};
