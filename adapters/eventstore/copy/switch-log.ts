import pg, { type PoolClient } from 'pg';

/** Remembers where events stand in the other log, as long as the connection lives. */
export const rememberPositions = async (
  client: PoolClient,
  pairs: readonly (readonly [bigint, bigint])[],
): Promise<void> => {
  await client.query('create temp table if not exists copied (was bigint primary key, now bigint not null)');
  await client.query(
    'insert into copied select * from unnest($1::bigint[], $2::bigint[]) on conflict do nothing',
    [pairs.map(([was]) => was), pairs.map(([, now]) => now)],
  );
};

/**
 * From now on the database belongs to the other log (null: the one inside it). Remembered answers and what reactors have
 * seen move along; read models are dropped, because they hold positions, and made anew at the next start.
 */
export const switchLog = async (client: PoolClient, externalStore: string | null): Promise<void> => {
  await client.query('begin');
  await client.query('create temp table if not exists copied (was bigint primary key, now bigint not null)');
  await client.query('update es.head set external_store = $1', [externalStore]);
  await client.query('update es.command c set position = m.now from copied m where m.was = c.position');
  await client.query(
    `update outbox.reactor r set position =
       coalesce((select m.now from copied m where m.was <= r.position order by m.was desc limit 1), 0)`,
  );
  const { rows } = await client.query<{ schema: string }>(
    'select schema from projection.progress union select name from projection.checkpoint',
  );
  for (const { schema } of rows)
    await client.query(`drop schema if exists ${pg.escapeIdentifier(schema)} cascade`);
  await client.query('delete from projection.progress');
  await client.query('delete from projection.checkpoint');
  await client.query('commit');
};
