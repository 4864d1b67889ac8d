// Entries of the event log without events behind them, for trials of speed: a year of a site, before everything that is real.
import { auditIndexes, auditSchema } from '../../dist/projections/audit/table.js';

const perBatch = 100_000;

/** One batch: the shares of actions, the lengths of texts and the number of people are those of a site of some thousand users. */
const batch = (entry) => `
  insert into ${entry}
  select $1::bigint - $2::bigint + n, md5(n || 'entry')::uuid, at, at + interval '4 milliseconds', md5(n || 'command')::uuid,
    case when action in ('login', 'logout', 'authorize_application') then md5(n / 3 || 'session')::uuid end, null,
    action, case when action in ('login_failed', 'model_deleted', 'suspicious_request') then 'warning' else 'notice' end,
    case when action in ('login_failed', 'suspicious_request') then 'failure' else 'success' end,
    case when action = 'login_failed' then 'wrong_password' end,
    case when action like 'model%' then 'directory.groups' when action = 'authorize_application' then 'applications' else 'access.logins' end,
    null, 'user', md5(person || 'person')::uuid::text, 'user' || person || '@example.com', null,
    case when action like 'model%' then 'group' when action = 'authorize_application' then 'application' else 'user' end,
    case when action like 'model%' then md5(person % 200 || 'group') when action = 'authorize_application' then md5(person % 40 || 'app') else md5(person || 'person') end::uuid::text,
    case when action like 'model%' then 'Group ' || person % 200 when action = 'authorize_application' then 'Application ' || person % 40 else 'user' || person end,
    '10.' || person % 8 || '.' || person / 8 % 250 || '.' || n % 250,
    (array['Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15'])[1 + person % 2],
    'POST', case when action like 'model%' then '/graphql' else '/api/v3/flows/executor/default-authentication-flow/' end,
    'EU', (array['DE', 'FR', 'ES', 'IT', 'NL'])[1 + person % 5], 'City ' || person % 60, 40 + person % 60 / 4.0, person % 60 / 4.0,
    null, null, case when action like 'model%' then 'admin' else 'flow' end, null, 'req-' || n, null,
    case when action like 'model%' then jsonb_build_array(jsonb_build_object('field', 'name', 'before', 'Group ' || person % 200, 'after', 'Group ' || n % 977)) else '[]' end,
    case action when 'login' then jsonb_build_object('auth_method', 'password', 'auth_method_args', jsonb_build_object('known_device', n % 2 = 0))
      when 'login_failed' then jsonb_build_object('identifier_hash', md5(n % 5000 || 'h'), 'count', 1)
      when 'authorize_application' then jsonb_build_object('flow', md5(person % 3 || 'flow')::uuid, 'scopes', 'openid email profile', 'user', md5(person || 'person')::uuid)
      when 'logout' then jsonb_build_object('logout_reason', 'user') else jsonb_build_object('kind', 'group') end
  from (select n, ('x' || substr(md5(n || 'who'), 1, 6))::bit(24)::int % 5000 as person,
      now() - interval '365 days' * ($2::bigint - n) / $2::bigint as at,
      (array['login', 'login', 'login', 'authorize_application', 'authorize_application', 'authorize_application', 'authorize_application',
        'logout', 'logout', 'login_failed', 'model_updated', 'model_created', 'model_deleted', 'login', 'suspicious_request'])[1 + ('x' || substr(md5(n || 'what'), 1, 6))::bit(24)::int % 15] as action
    from generate_series($3::bigint, $4::bigint) as n) as drawn`;

/**
 * Puts entries before the first real one; what an earlier call has put there goes. `client` is a connection without a
 * limit of time, `show` hears how far it is.
 */
export const seedAudit = async (client, count, show = () => undefined) => {
  const { live } = auditSchema;
  const entry = `${live}.entry`;
  await client.query(
    `set synchronous_commit = off; set search_path to ${live}; set maintenance_work_mem = '512MB'`,
  );
  const indexes = auditIndexes.match(/(?<=if not exists )\w+/g);
  await client.query(`drop index if exists ${indexes.join(', ')}`);
  await client.query(`delete from ${entry} where position <= 0`);
  for (let from = 1; from <= count; from += perBatch) {
    await client.query(batch(entry), [0, count, from, Math.min(count, from + perBatch - 1)]);
    show(Math.min(count, from + perBatch - 1));
  }
  await client.query(`
    begin; truncate volume, hour;
    insert into volume select date_trunc('hour', at, 'UTC'), action, count(*) from entry group by 1, 2;
    insert into hour select date_trunc('hour', at, 'UTC'), min(position), max(position) from entry group by 1; commit`);
  await client.query(auditIndexes);
  await client.query('vacuum (analyze) entry; ').catch(() => undefined);
  await client.query('analyze volume; analyze hour');
};
