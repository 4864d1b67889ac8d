import type { NewDeadLetter, SinkConnection, SinkRun } from '../../commands/sink-ports.js';
import { LockedConnection } from './locked-connection.js';
import type { ConnectionOptions } from './pool.js';
import { runColumns, runOf, type RunRow } from './sink-rows.js';

/** Cursors and dead letters of sinks, written under the locks of this process. */
export class PostgresSinkConnection extends LockedConnection implements SinkConnection {
  private constructor(connection: ConnectionOptions) {
    super(connection, 'sink');
  }

  static async open(connection: ConnectionOptions): Promise<PostgresSinkConnection> {
    const opened = new PostgresSinkConnection(connection);
    await opened.connect();
    // A cursor that falls back by moments after a crash of the database is a repetition under the same ids; rows that were
    // lost are made again under the next connection.
    await opened.query('set synchronous_commit = off', []);
    return opened;
  }

  async runsOf(sinkId: string): Promise<readonly SinkRun[]> {
    const rows = await this.query<RunRow>(
      `select ${runColumns} from sink.cursor where sink_id = $1 order by created_at, run`,
      [sinkId],
    );
    return rows.map(runOf);
  }

  async open(
    { sinkId, run, label, position, until }: Parameters<SinkConnection['open']>[0],
    now: Date,
  ): Promise<void> {
    await this.query(
      `insert into sink.cursor (sink_id, run, label, position, until, created_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (sink_id, run) do nothing`,
      [sinkId, run, label, String(position), until === null ? null : String(until), now],
    );
  }

  async save(run: SinkRun): Promise<void> {
    await this.query(
      `update sink.cursor set position = $3, batch_until = $4, attempts = $5, due_at = $6, failing_since = $7, failure = $8,
              delivered = $9, delivered_at = $10, finished_at = $11
        where sink_id = $1 and run = $2`,
      [
        run.sinkId,
        run.run,
        String(run.position),
        run.batchUntil === null ? null : String(run.batchUntil),
        run.attempts,
        run.dueAt,
        run.failingSince,
        run.failure,
        String(run.delivered),
        run.deliveredAt,
        run.finishedAt,
      ],
    );
  }

  async bury(letter: NewDeadLetter, now: Date): Promise<void> {
    await this.query(
      `insert into sink.dead_letter as d
         (sink_id, entry_id, position, last_status, failure, last_body, created_at, changed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $7)
       on conflict (sink_id, entry_id) do update set status = 'open', attempts = d.attempts + 1,
         last_status = excluded.last_status, failure = excluded.failure, last_body = excluded.last_body,
         changed_at = excluded.changed_at`,
      [
        letter.sinkId,
        letter.entryId,
        String(letter.position),
        letter.status,
        letter.failure,
        letter.body,
        now,
      ],
    );
  }

  async settle(
    sinkId: string,
    entryIds: readonly string[],
    state: 'delivered' | 'skipped',
    now: Date,
  ): Promise<void> {
    await this.query(
      `update sink.dead_letter set status = $3, changed_at = $4
        where sink_id = $1 and entry_id = any ($2::uuid[]) and status = 'open'`,
      [sinkId, [...entryIds], state, now],
    );
  }
}
