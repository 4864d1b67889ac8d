import { execute } from '../../commands/pipeline.js';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import type { RefusedRecord, SinkEndpoint, SinkOutcome, SinkRecord } from '../../commands/sink/endpoint.js';
import type { SinkValues } from '../../commands/sink/load-sink.js';
import { recordSinkStateCommand } from '../../commands/sink/record-sink-state.js';
import type { SinkConnection, SinkRun } from '../../commands/sink-ports.js';
import { systemContext } from '../../commands/system-context.js';
import type { Ports } from '../../commands/ports.js';
import type { AuditEntry } from '../../domain/audit/entry.js';
import type { ConfigObject } from '../../domain/kernel/config-view.js';
import { batchLimits } from '../../domain/sink/batch-limits.js';
import { failAfterMs, sinkRetryMs } from '../../domain/sink/retry-table.js';
import { recordMaker, sinkJob } from '../../commands/sink/to-record.js';
import { deliverBatch, type BatchResult } from './deliver-batch.js';
import { gather, type Gathered } from './gather.js';
import type { GatheredAhead } from './gathered-ahead.js';
import type { RecentlySent } from './recently-sent.js';

/** The run that follows the log. */
export const liveRun = 'live';

/** `again`: there may be more at once. A number: so many milliseconds later. Null: nothing until something happens. */
export type Next = 'again' | number | null;

export interface RunOptions {
  readonly ports: Ports;
  readonly connection: SinkConnection;
  readonly sink: ConfigObject<SinkValues>;
  readonly endpoint: SinkEndpoint;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly sent: RecentlySent;
  readonly ahead: GatheredAhead;
  readonly read: (after: bigint, limit: number) => Promise<readonly AuditEntry[]>;
}

/** Sends the next batch of a run and notes how far it has come. */
export const deliverRun = async (options: RunOptions, run: SinkRun): Promise<Next> => {
  const { ports, sink, endpoint, signal } = options;
  const now = ports.clock.now();
  if (run.dueAt !== null && run.dueAt > now) return run.dueAt.getTime() - now.getTime();
  const limits = batchLimits(sink.model.kind ?? '', sink.values);
  const toRecord = recordMaker(ports, sink);
  const wanted = { ...limits, count: Math.min(limits.count, endpoint.maxRecords ?? Infinity) };
  const gatherFrom = (from: Pick<SinkRun, 'position' | 'until' | 'batchUntil'>): Promise<Gathered> =>
    gather(from, wanted, sink.values.filter, toRecord, options.read);
  const ahead = options.ahead.take(run.run, run.position);
  const found = await ((run.batchUntil === null && ahead) || gatherFrom(run));
  if (found.records.length === 0) return passOver(options, run, found, now);
  const waitMs = ripensIn(run, found, limits.ageMs, now);
  if (waitMs > 0) return waitMs;
  const connected = await endpoint.connect?.(signal);
  if (typeof connected === 'object') return settle(options, run, found, none(connected));
  if (connected === 'new') {
    const rewound = await rewind(options, run, toRecord, wanted);
    if (rewound) return settle(options, run, found, none(rewound));
  }
  if (endpoint.rewindMs)
    options.sent.note(run.run, { atMs: now.getTime(), from: run.position }, endpoint.rewindMs);
  if (found.full && run.batchUntil === null)
    options.ahead.begin(run.run, found.position, () => gatherFrom({ ...run, position: found.position }));
  const result = await deliverBatch(endpoint, found.records, nameOf(options), run.label, signal);
  if (result.stopped) options.ahead.drop(run.run);
  // Broken off, not failed: it leaves again as it was.
  if (signal.aborted && result.stopped?.outcome === 'failed' && result.done === 0) return null;
  return settle(options, run, found, result);
};

const none = (outcome: SinkOutcome): BatchResult => ({
  done: 0,
  refused: [],
  stopped: outcome as BatchResult['stopped'],
});

/** Entries that the filter leaves out count as done; a replay that has reached its end is over. */
const passOver = async (
  { connection }: RunOptions,
  run: SinkRun,
  { position, exhausted }: Gathered,
  now: Date,
): Promise<Next> => {
  const finished = run.until !== null && position >= run.until;
  if (position > run.position || finished)
    await connection.save({ ...run, position, batchUntil: null, finishedAt: finished ? now : null });
  return finished || exhausted ? null : 'again';
};

/** How long a batch that is not full waits for company. One that is repeated, or history, does not. */
const ripensIn = (run: SinkRun, { full, oldest }: Gathered, ageMs: number, now: Date): number =>
  full || run.batchUntil !== null || run.until !== null || oldest === null
    ? 0
    : Math.max(0, Math.min(ageMs, ageMs - (now.getTime() - oldest.getTime())));

/** The id of a batch follows from its first and last record: a receiver can tell a repetition. */
const nameOf =
  ({ ports, sink }: RunOptions) =>
  (records: readonly SinkRecord[]): string =>
    records.length === 1
      ? records[0]!.entryId
      : ports.ids.named('batch', `${sink.id}/${records[0]!.entryId}/${records.at(-1)!.entryId}`);

/** Sends again what was delivered shortly before the connection ended. The cursor stays. */
const rewind = async (
  options: RunOptions,
  run: SinkRun,
  toRecord: (entry: AuditEntry) => SinkRecord,
  limits: { readonly count: number; readonly bytes: number },
): Promise<SinkOutcome | null> => {
  const { sink, endpoint } = options;
  if (run.deliveredAt === null || !endpoint.rewindMs) return null;
  let position = options.sent.begin(run.run) ?? (await rewoundTo(options, run, run.deliveredAt));
  while (position < run.position && !options.signal.aborted) {
    const part = { position, until: run.position, batchUntil: null };
    const found = await gather(part, limits, sink.values.filter, toRecord, options.read);
    position = found.position;
    if (found.records.length === 0) continue;
    const batch = { id: nameOf(options)(found.records), label: run.label, records: found.records };
    const outcome = await endpoint.deliver(batch, options.signal);
    if (outcome.outcome !== 'delivered') return outcome;
  }
  return null;
};

/** In a process that has sent nothing yet: what was stored shortly before the last delivery, but nothing before the run's own begin. */
const rewoundTo = async (
  { ports, sink, endpoint }: RunOptions,
  run: SinkRun,
  deliveredAt: Date,
): Promise<bigint> => {
  const { records } = ports.sinks;
  const since = await records.positionBefore(new Date(deliveredAt.getTime() - (endpoint.rewindMs ?? 0)));
  const begin = await beginOf(ports, sink, run.run);
  return since > begin ? since : begin;
};

/** The cursor with which a run begins. */
export const beginOf = (ports: Ports, sink: ConfigObject<SinkValues>, run: string): Promise<bigint> => {
  const request = sink.values.requests.find(({ id }) => id === run);
  if (request) return Promise.resolve(BigInt(request.after));
  return sink.values.start === 'beginning'
    ? Promise.resolve(0n)
    : ports.sinks.records.positionBefore(sink.createdAt);
};

/** Notes what became of a batch: the cursor behind what is done, dead letters, the pause until the next attempt. */
const settle = async (
  options: RunOptions,
  run: SinkRun,
  { records, position }: Gathered,
  { done, refused, stopped }: BatchResult,
): Promise<Next> => {
  const { connection, sink, ports } = options;
  const now = ports.clock.now();
  for (const one of refused) await bury(options, records[one.index]!, one, now);
  if (run.run !== liveRun && done > refused.length) {
    const refusedAt = new Set(refused.map(({ index }) => index));
    const taken = records.slice(0, done).filter((_, index) => !refusedAt.has(index));
    await connection.settle(
      sink.id,
      taken.map(({ entryId }) => entryId),
      'delivered',
      now,
    );
  }
  const progress: SinkRun = {
    ...run,
    position: done === 0 ? run.position : stopped ? records[done - 1]!.position : position,
    delivered: run.delivered + BigInt(done - refused.length),
    deliveredAt: done > refused.length ? now : run.deliveredAt,
  };
  if (stopped) return postpone(options, progress, position, stopped, done > 0);
  const finished = run.until !== null && position >= run.until;
  await connection.save({ ...progress, ...healthy, finishedAt: finished ? now : null });
  if (sink.values.state === 'failing') await recordState(options, { type: 'sink.recovered', data: {} });
  return finished ? null : 'again';
};

const healthy = { batchUntil: null, attempts: 0, dueAt: null, failingSince: null, failure: null };

const postpone = async (
  options: RunOptions,
  run: SinkRun,
  batchUntil: bigint,
  stopped: NonNullable<BatchResult['stopped']>,
  progressed: boolean,
): Promise<Next> => {
  const { connection, sink, ports } = options;
  const now = ports.clock.now();
  const { failure } = stopped;
  if (stopped.outcome === 'gone') {
    await connection.save({ ...run, failure, batchUntil });
    await recordState(options, { type: 'sink.disabled', data: { failure } });
    return null;
  }
  const attempts = (progressed ? 0 : run.attempts) + 1;
  const inMs = sinkRetryMs(attempts, stopped.retryAfterMs, options.random());
  const failingSince = (progressed ? null : run.failingSince) ?? now;
  const dueAt = new Date(now.getTime() + inMs);
  await connection.save({ ...run, batchUntil, attempts, dueAt, failingSince, failure });
  ports.log.warn({ sink: sink.id, run: run.run, attempts, failure, inMs }, 'a sink takes nothing');
  if (sink.values.state === 'active' && now.getTime() - failingSince.getTime() >= failAfterMs)
    await recordState(options, {
      type: 'sink.failing',
      data: { since: failingSince.toISOString(), failure },
    });
  return inMs;
};

const recordState = async ({ ports, sink }: RunOptions, event: object): Promise<void> => {
  await execute(ports, recordSinkStateCommand, { id: sink.id, event }, systemContext(ports, sinkJob));
};

/**
 * Sets a record aside that the receiver will never take, and says so in the event log - unless the record itself came of
 * a sink's work: two receivers that refuse each other's troubles would never come to an end.
 */
const bury = async (
  options: RunOptions,
  record: SinkRecord,
  { status, failure, body }: RefusedRecord,
  now: Date,
): Promise<void> => {
  const { ports, connection, sink } = options;
  const { entryId, position } = record;
  const sealed =
    body === null || body === ''
      ? null
      : ports.sealer.sealState(`${sink.id}/${entryId}`, body.slice(0, 4096));
  await connection.bury({ sinkId: sink.id, entryId, position, status, failure, body: sealed }, now);
  if (record.ofSinks) return;
  await execute(
    ports,
    recordFactCommand,
    { type: 'activity.sink.refused', data: { sinkId: sink.id, entryId, status, failure } },
    {
      ...systemContext(ports, sinkJob),
      commandId: ports.ids.named('command', `bury ${sink.id} ${entryId}`),
    },
  );
};
