import type { AppendBatch } from '../../commands/ports.js';
import { TooLarge } from '../../domain/kernel/store-errors.js';

const maxEvents = 500;
const maxBatchBytes = 900 * 1024;
const maxEventBytes = 256 * 1024;
const maxStreamNameBytes = 200;

/** An event's data and envelope as they are stored. */
export interface EventText {
  readonly data: string;
  readonly meta: string;
}

/**
 * The events of a batch as JSON, in order. Refuses what is above the limits of the port; the same on every adapter. Throws
 * `TooLarge`.
 */
export const textsWithinLimits = (batch: AppendBatch): EventText[] => {
  const texts: EventText[] = [];
  let bytes = 0;
  for (const { stream, events } of batch.streams) {
    if (Buffer.byteLength(stream) > maxStreamNameBytes) throw new TooLarge('stream name');
    for (const event of events) {
      const text = { data: JSON.stringify(event.data), meta: JSON.stringify(event.meta) };
      const size = Buffer.byteLength(text.data) + Buffer.byteLength(text.meta);
      if (size > maxEventBytes) throw new TooLarge(`event ${event.type}`);
      bytes += size;
      texts.push(text);
    }
  }
  if (texts.length > maxEvents || bytes > maxBatchBytes) throw new TooLarge('batch');
  return texts;
};
