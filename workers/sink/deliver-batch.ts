import type { RefusedRecord, SinkEndpoint, SinkOutcome, SinkRecord } from '../../commands/sink/endpoint.js';

/** So many refusals without a single acceptance speak of the receiver or its settings, not of the records. */
const tooManyRefused = 10;

/** How far a batch has come. `done` records, from the first on, were taken or refused for good. */
export interface BatchResult {
  readonly done: number;
  readonly refused: readonly RefusedRecord[];
  /** Why it went no further; null when all are done. */
  readonly stopped: Extract<SinkOutcome, { outcome: 'failed' | 'gone' }> | null;
}

/**
 * Sends a batch. One that is refused as it stands is cut in two until the record is found that the receiver will not
 * have; those before and behind it are delivered, in order.
 */
export const deliverBatch = async (
  endpoint: SinkEndpoint,
  records: readonly SinkRecord[],
  name: (records: readonly SinkRecord[]) => string,
  label: string | null,
  signal: AbortSignal,
): Promise<BatchResult> => {
  const refused: RefusedRecord[] = [];
  let done = 0;
  const send = async (part: readonly SinkRecord[]): Promise<BatchResult['stopped']> => {
    const outcome = await endpoint.deliver({ id: name(part), label, records: part }, signal);
    switch (outcome.outcome) {
      case 'delivered':
        refused.push(...outcome.refused.map((one) => ({ ...one, index: done + one.index })));
        done += part.length;
        return null;
      case 'refused': {
        if (part.length > 1) {
          const half = Math.ceil(part.length / 2);
          return (await send(part.slice(0, half))) ?? (await send(part.slice(half)));
        }
        const { status, failure, body } = outcome;
        refused.push({ index: done, status, failure, body });
        done += 1;
        return refused.length === done && done >= tooManyRefused
          ? {
              outcome: 'failed',
              status,
              failure: `${failure} It takes none of the records.`,
              retryAfterMs: null,
            }
          : null;
      }
      case 'failed':
      case 'gone':
        return outcome;
    }
  };
  const stopped = await send(records);
  return stopped?.outcome === 'failed' && refused.length === done && done >= tooManyRefused
    ? { done: 0, refused: [], stopped }
    : { done, refused, stopped };
};
