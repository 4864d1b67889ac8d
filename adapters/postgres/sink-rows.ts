import type { DeadLetter, SinkRun } from '../../commands/sink-ports.js';

/** Rows of `sink.cursor` and `sink.dead_letter`, as the driver hands them out. */
export interface RunRow {
  readonly sink_id: string;
  readonly run: string;
  readonly label: string | null;
  readonly position: bigint;
  readonly until: bigint | null;
  readonly batch_until: bigint | null;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly failing_since: Date | null;
  readonly failure: string | null;
  readonly delivered: bigint;
  readonly delivered_at: Date | null;
  readonly finished_at: Date | null;
}

export interface LetterRow {
  readonly sink_id: string;
  readonly entry_id: string;
  readonly position: bigint;
  readonly status: DeadLetter['state'];
  readonly attempts: number;
  readonly last_status: number | null;
  readonly failure: string;
  readonly last_body: string | null;
  readonly created_at: Date;
}

export const runColumns =
  'sink_id, run, label, position, until, batch_until, attempts, due_at, failing_since, failure, delivered, delivered_at, finished_at';

export const runOf = (row: RunRow): SinkRun => ({
  sinkId: row.sink_id,
  run: row.run,
  label: row.label,
  position: row.position,
  until: row.until,
  batchUntil: row.batch_until,
  attempts: row.attempts,
  dueAt: row.due_at,
  failingSince: row.failing_since,
  failure: row.failure,
  delivered: row.delivered,
  deliveredAt: row.delivered_at,
  finishedAt: row.finished_at,
});

export const letterOf = (row: LetterRow): DeadLetter => ({
  sinkId: row.sink_id,
  entryId: row.entry_id,
  position: row.position,
  state: row.status,
  attempts: row.attempts,
  status: row.last_status,
  failure: row.failure,
  body: row.last_body,
  createdAt: row.created_at,
});
