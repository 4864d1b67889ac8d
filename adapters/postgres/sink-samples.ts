import type { Pool } from 'pg';
import type { SinkRecords, SinkSample } from '../../commands/sink-ports.js';

const keptFor = '1 day';

interface SampleRow {
  readonly at: Date;
  readonly delivered: bigint;
  readonly lag_entries: number;
  readonly lag_seconds: number;
}

const sampleOf = (row: SampleRow): SinkSample => ({
  at: row.at,
  delivered: row.delivered,
  lagEntries: row.lag_entries,
  lagSeconds: row.lag_seconds,
});

/** How sinks stood over the last day, and what they leave behind. */
export const sinkSamples = (
  pool: Pool,
): Pick<SinkRecords, 'sample' | 'samples' | 'remembered' | 'forget'> => ({
  sample: async (statuses, now) => {
    for (const { sinkId, runs, lagEntries, lagSeconds } of statuses) {
      const delivered = runs.find(({ run }) => run === 'live')?.delivered ?? 0n;
      await pool.query(
        `insert into sink.sample (sink_id, at, delivered, lag_entries, lag_seconds) values ($1, $2, $3, $4, $5)
         on conflict do nothing`,
        [sinkId, now, String(delivered), lagEntries, lagSeconds],
      );
    }
    await pool.query(`delete from sink.sample where at < $1::timestamptz - interval '${keptFor}'`, [now]);
  },
  samples: async (sinkId, since) => {
    const { rows } = await pool.query<SampleRow>(
      'select at, delivered, lag_entries, lag_seconds from sink.sample where sink_id = $1 and at >= $2 order by at',
      [sinkId, since],
    );
    return rows.map(sampleOf);
  },
  remembered: async () => {
    const { rows } = await pool.query<{ sink_id: string }>(
      'select distinct sink_id from sink.cursor union select distinct sink_id from sink.dead_letter',
    );
    return rows.map(({ sink_id }) => sink_id);
  },
  forget: async (sinkId) => {
    for (const table of ['cursor', 'dead_letter', 'sample'])
      await pool.query(`delete from sink.${table} where sink_id = $1`, [sinkId]);
  },
});
