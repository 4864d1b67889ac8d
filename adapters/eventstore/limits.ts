import type { AppendBatch } from '../../commands/ports.js';
import { TooLarge } from '../../domain/kernel/store-errors.js';

const maxEvents = 500;
const maxBatchBytes = 900 * 1024;
const maxEventBytes = 256 * 1024;
const maxStreamNameBytes = 200;

/** Refuses what is above the limits of the port; the same on every adapter. Throws `TooLarge`. */
export const requireWithinLimits = (batch: AppendBatch): void => {
  let events = 0;
  let bytes = 0;
  for (const { stream, events: streamEvents } of batch.streams) {
    if (Buffer.byteLength(stream) > maxStreamNameBytes) throw new TooLarge('stream name');
    for (const event of streamEvents) {
      const size = Buffer.byteLength(JSON.stringify([event.data, event.meta]));
      if (size > maxEventBytes) throw new TooLarge(`event ${event.type}`);
      events += 1;
      bytes += size;
    }
  }
  if (events > maxEvents || bytes > maxBatchBytes) throw new TooLarge('batch');
};
