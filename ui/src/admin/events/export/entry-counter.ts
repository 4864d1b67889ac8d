import type { ExportFormat } from './export-format.js';

const newline = 10;
const quote = 34;

/** Counts entries in a file as it comes in. In CSV a line that ends within quotes goes on; its first line is the head. */
export const entryCounter = (format: ExportFormat): ((chunk: Uint8Array) => number) => {
  let quoted = false;
  let lines = format === 'csv' ? -1 : 0;
  return (chunk) => {
    for (const byte of chunk)
      if (byte === quote && format === 'csv') quoted = !quoted;
      else if (byte === newline && !quoted) lines += 1;
    return Math.max(0, lines);
  };
};
