import { sameValue } from '../domain/kernel/model-decisions.js';
import type { AppendBatch, EventStore } from './ports.js';

/**
 * Whether what the store holds under a batch's ids is this batch. Ids of events come from the id of the command: another
 * decision on the same command has the same ids and other content. Facts in streams without an expectation say the same
 * whenever they are decided.
 */
export const isOwnAppend = async (
  store: Pick<EventStore, 'readStream'>,
  batch: AppendBatch,
): Promise<boolean> => {
  const exact = batch.streams.find(({ expected }) => expected !== 'any');
  const first = exact?.events[0];
  if (exact === undefined || first === undefined) return true;
  const from = typeof exact.expected === 'number' ? exact.expected + 1 : 0;
  const [stored] = await store.readStream(exact.stream, { from, limit: 1 });
  return stored?.id === first.id && sameValue(stored.data, first.data) && sameValue(stored.meta, first.meta);
};
