import type { Pool } from 'pg';

const shown = 20;

/** Positions, revisions and ids of the log, as its tables hold them and without trusting an index. */
export const structureProblems = async (pool: Pool): Promise<readonly string[]> => {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query('set local enable_indexscan = off');
    await client.query('set local enable_indexonlyscan = off');
    await client.query('set local enable_bitmapscan = off');
    const problems = [
      ...(await linesOf(
        client,
        `select 'position ' || (before + 1) || case when position - before = 2 then '' else ' to ' || (position - 1) end || ' is missing' as line
           from (select position, lag(position, 1, 0) over (order by position) as before from es.event) p
          where position <> before + 1 order by position limit ${String(shown)}`,
      )),
      ...(await linesOf(
        client,
        `select 'the log ends at position ' || coalesce(max(e.position), 0) || ', its head says ' || h.position as line
           from es.head h left join es.event e on true group by h.position having coalesce(max(e.position), 0) <> h.position`,
      )),
      ...(await linesOf(
        client,
        `select 'stream ' || stream || ' has ' || count(*) || ' events, its revisions are ' || min(revision) || ' to ' || max(revision) as line
           from es.event group by stream
          having count(*) <> max(revision) + 1 or min(revision) <> 0 or count(distinct revision) <> count(*) limit ${String(shown)}`,
      )),
      ...(await linesOf(
        client,
        `select 'event id ' || id || ' stands ' || count(*) || ' times' as line from es.event group by id having count(*) > 1 limit ${String(shown)}`,
      )),
    ];
    await client.query('commit');
    return problems;
  } finally {
    client.release();
  }
};

const linesOf = async (
  client: { query: (text: string) => Promise<{ rows: { line: string }[] }> },
  text: string,
): Promise<readonly string[]> => (await client.query(text)).rows.map((row) => row.line);
