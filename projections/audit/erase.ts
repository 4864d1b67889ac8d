import { sql } from 'kysely';
import { erased } from '../../domain/kernel/erased.js';
import { userEvents } from '../../domain/directory/user/events.js';
import type { Tx } from '../projection.js';

const personalFields = [...new Set(Object.values(userEvents).flatMap((type) => type.pii))];
/** What an entry on a mail tells of its recipient. */
const mailMembers = ['to_email', 'subject', 'body'];
const mark = JSON.stringify(erased);

/** What the actor's key sealed. */
const withoutActor = sql`actor_label = null, ip = null, user_agent = null, method = null, path = null, comment = null, 
  geo_continent = null, geo_country = null, geo_city = null, geo_lat = null, geo_lon = null, asn_number = null, asn_org = null`;

/** Changes whose personal fields read as erased, as they do when the events are folded without the key. */
const withoutValues = (fields: readonly string[]) => sql`
  changes = (
    select coalesce(jsonb_agg(case when c.change ->> 'field' = any (${fields}) then c.change || jsonb_build_object(
        'before', case when jsonb_typeof(c.change -> 'before') = 'null' then 'null' else ${mark}::jsonb end,
        'after', case when jsonb_typeof(c.change -> 'after') = 'null' then 'null' else ${mark}::jsonb end)
      else c.change end order by c.n), '[]')
      from jsonb_array_elements(changes) with ordinality as c(change, n))`;

/** Context whose sealed members read as erased. */
const withoutContext = (members: readonly string[]) => sql`
  context = context || coalesce((
    select jsonb_object_agg(m, ${mark}::jsonb) from unnest(${members}::text[]) as m
     where context ? m and jsonb_typeof(context -> m) <> 'null'), '{}')`;

/** Takes out of the event log what is personal about erased users; the entries themselves stay. */
export const eraseUsers = async (tx: Tx, schema: string, users: readonly string[]): Promise<void> => {
  await sql`update ${sql.id(schema, 'entry')} set ${withoutActor} where actor_id = any (${users}) and actor_type = 'user'`.execute(
    tx,
  );
  const { rows } = await sql<{ id: string }>`
    select e.target_id as id from ${sql.id(schema, 'entry')} e, unnest(${users}::text[]) as u(id)
     where e.action = 'model_created' and e.target_type = 'token' and e.changes @> jsonb_build_array(jsonb_build_object('field', 'userId', 'after', u.id))`.execute(
    tx,
  );
  const tokens = rows.map((row) => row.id);
  await sql`update ${sql.id(schema, 'entry')} set target_label = case when target_label is null then null else ${erased} end,
      ${withoutValues(personalFields)}, ${withoutContext(['auth_method_args', 'detail', 'matter', 'query', ...mailMembers])}
    where target_type = 'user' and target_id = any (${users})`.execute(tx);
  await sql`update ${sql.id(schema, 'entry')} set target_label = case when target_label is null then null else ${erased} end,
      ${withoutValues(['identifier', 'description'])}
    where target_type = 'token' and target_id = any (${tokens})`.execute(tx);
  await sql`update ${sql.id(schema, 'entry')} set on_behalf_of_label = ${erased}
    where on_behalf_of_id = any (${users}::uuid[]) and on_behalf_of_label is not null`.execute(tx);
  await sql`update ${sql.id(schema, 'label')} set label = ${erased}
    where type = 'user' and id = any (${users}) or type = 'token' and id = any (${tokens})`.execute(tx);
};

/** Takes out what is personal about those who did not sign in during a month (`visitor-<yyyymm>`). */
export const eraseVisitors = async (tx: Tx, schema: string, subjects: readonly string[]): Promise<void> => {
  for (const subject of subjects) {
    const from = `${subject.slice(-6, -2)}-${subject.slice(-2)}-01T00:00:00Z`;
    const within = sql`at >= ${from}::timestamptz and at < (${from}::timestamptz at time zone 'UTC' + interval '1 month') at time zone 'UTC'`;
    await sql`update ${sql.id(schema, 'entry')} set ${withoutActor}
      where actor_type in ('anonymous', 'client', 'system') and ${within}`.execute(tx);
    await sql`update ${sql.id(schema, 'entry')} set ${withoutContext(['detail'])}
      where action = 'suspicious_request' and target_id is null and reason <> 'code_reused' and ${within}`.execute(
      tx,
    );
    await sql`update ${sql.id(schema, 'entry')} set ${withoutContext(mailMembers)}
      where action = 'email_sent' and target_id is null and ${within}`.execute(tx);
  }
};
