import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exportFormats, exportWriters } from '../../../domain/audit/export.js';
import { entryCounter } from '../../../ui/src/admin/events/export/entry-counter.js';
import { auditEntry } from '../../support/audit-entry.js';

it.each(exportFormats)('entries of a file are counted as they come in, wherever it is cut: %s', (format) => {
  const { head, line } = exportWriters[format];
  const entries = [null, 'plain', 'a "quote"', 'two\r\nlines', '"\n'].map((comment) =>
    auditEntry('login', { comment }),
  );
  const file = Buffer.from(head + entries.map((entry) => line(entry, 'urn:uuid:x')).join(''));
  fc.assert(
    fc.property(fc.array(fc.nat(file.length)), (cuts) => {
      const count = entryCounter(format);
      const places = [0, ...[...cuts].sort((a, b) => a - b), file.length];
      const counts = places.slice(1).map((end, index) => count(file.subarray(places[index], end)));
      expect(counts.at(-1)).toBe(entries.length);
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
    }),
  );
});
