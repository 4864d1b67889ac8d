import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Pool } from 'pg';
import { createGuardedExchange } from '../../adapters/outbound/guarded-exchange.js';
import { createGuardedSockets } from '../../adapters/outbound/guarded-sockets.js';
import { parseTargets } from '../../adapters/outbound/targets.js';
import type { ConnectionOptions } from '../../adapters/postgres/pool.js';
import { PostgresSinkConnection } from '../../adapters/postgres/sink-connection.js';
import { sinkSamples } from '../../adapters/postgres/sink-samples.js';
import {
  letterOf,
  runColumns,
  runOf,
  type LetterRow,
  type RunRow,
} from '../../adapters/postgres/sink-rows.js';
import { openKafkaProducer } from '../../adapters/sink/kafka-producer.js';
import { signAws } from '../../adapters/sink/sign-aws.js';
import { sinkFiles } from '../../adapters/sink/sink-files.js';
import { Blockade } from '../../commands/sink/blockade.js';
import type { SinkPorts, SinkRecords, SinkRun, SinkStatus } from '../../commands/sink-ports.js';
import { auditBacklog, headOfAudit, positionBefore } from '../../projections/audit/positions.js';
import type { Database } from '../../projections/projection.js';
import type { Settings } from '../configuration.js';

/** Entries behind a cursor are counted no further. */
const countLimit = 100_000;

const ageOf = (oldest: Date | null): number =>
  oldest === null ? 0 : Math.max(0, (Date.now() - oldest.getTime()) / 1000);

const compress = promisify(gzip);

const sinkRecords = (pool: Pool, db: Database): SinkRecords => {
  const runsOf = async (sinkIds: readonly string[]): Promise<readonly SinkRun[]> => {
    const { rows } = await pool.query<RunRow>(
      `select ${runColumns} from sink.cursor where sink_id = any ($1::uuid[]) order by created_at desc, run`,
      [sinkIds],
    );
    return rows.map(runOf);
  };
  const statusOf = async (sinkId: string, runs: readonly SinkRun[], letters: number): Promise<SinkStatus> => {
    const live = runs.find(({ run }) => run === 'live');
    const { count, oldest } = live
      ? await auditBacklog(db, live.position, null, countLimit)
      : { count: 0, oldest: null };
    return { sinkId, runs, deadLetters: letters, lagEntries: count, lagSeconds: ageOf(oldest) };
  };
  const letterColumns =
    'sink_id, entry_id, position, status, attempts, last_status, failure, last_body, created_at';
  return {
    status: async (sinkIds) => {
      if (sinkIds.length === 0) return [];
      const runs = await runsOf(sinkIds);
      const { rows } = await pool.query<{ sink_id: string; n: number }>(
        `select sink_id, count(*)::int as n from sink.dead_letter
          where sink_id = any ($1::uuid[]) and status = 'open' group by sink_id`,
        [sinkIds],
      );
      const letters = new Map(rows.map(({ sink_id, n }) => [sink_id, n]));
      return Promise.all(
        sinkIds.map((id) =>
          statusOf(
            id,
            runs.filter(({ sinkId }) => sinkId === id),
            letters.get(id) ?? 0,
          ),
        ),
      );
    },
    deadLetters: async (sinkId, limit) => {
      const { rows } = await pool.query<LetterRow>(
        `select ${letterColumns} from sink.dead_letter
          where sink_id = $1 order by status = 'open' desc, position desc limit $2`,
        [sinkId, limit],
      );
      return rows.map(letterOf);
    },
    deadLetter: async (sinkId, entryId) => {
      const { rows } = await pool.query<LetterRow>(
        `select ${letterColumns} from sink.dead_letter where sink_id = $1 and entry_id = $2`,
        [sinkId, entryId],
      );
      return rows[0] ? letterOf(rows[0]) : null;
    },
    positionBefore: (time) => positionBefore(db, time),
    head: () => headOfAudit(db),
    count: async (after, until) => (await auditBacklog(db, after, until, countLimit)).count,
    slowest: async (sinkIds) => {
      const { rows } = await pool.query<{ position: bigint | null }>(
        `select min(position) as position from sink.cursor where run = 'live' and sink_id = any ($1::uuid[])`,
        [sinkIds],
      );
      return rows[0]?.position ?? null;
    },
    lagSeconds: async (sinkId) => {
      const live = (await runsOf([sinkId])).find(({ run }) => run === 'live');
      return live ? ageOf((await auditBacklog(db, live.position, null, 1)).oldest) : 0;
    },
    ...sinkSamples(pool),
  };
};

/** Ways out, cursors and records of sinks. */
export const openSinks = (
  settings: Settings,
  connection: ConnectionOptions,
  pool: Pool,
  db: Database,
  closers: (() => Promise<unknown>)[],
): SinkPorts => {
  const open = parseTargets(settings.MUNIMENT_OUTBOUND_ALLOW);
  const http = createGuardedExchange({ open });
  closers.push(() => http.close());
  return {
    ways: {
      http,
      sockets: createGuardedSockets({ open }),
      files: sinkFiles(settings.MUNIMENT_SINK_FOLDER ?? null),
      openKafka: openKafkaProducer((host, port) => open.has(`${host.toLowerCase()}:${String(port)}`)),
      signAws,
      gzip: (text) => compress(text),
      sha256: (bytes) => {
        const digest = createHash('sha256').update(bytes).digest();
        return { hex: digest.toString('hex'), base64: digest.toString('base64') };
      },
    },
    records: sinkRecords(pool, db),
    blockade: new Blockade(),
    connect: () => PostgresSinkConnection.open(connection),
  };
};
