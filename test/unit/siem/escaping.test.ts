import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cefV1 } from '../../../domain/siem/cef/v1.js';
import { leefV1 } from '../../../domain/siem/leef/v1.js';
import type { AuditEntry } from '../../../domain/audit/entry.js';
import { auditEntry } from '../../support/audit-entry.js';

const origin = 'urn:uuid:test';
/** Any text, with what separates fields and lines more often than chance would have it. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('|', '=', '\\', '^', '\n', '\r', '\r\n', '\u2028', '\u0085', '\u0000', ' src=6.6.6.6'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const withTexts = ([label, agent, path, message]: readonly string[]): AuditEntry =>
  auditEntry('configuration_error', {
    actor: { type: 'user', id: 'an id', label: label! },
    client: { ...auditEntry('login').client, userAgent: agent!, path: path! },
    context: { message: message! },
    changes: [{ field: label!, before: agent!, after: path! }],
  });

const lineBreak = /[\n\r\u0085\u2028\u2029\u0000]/;
/** Splits as receivers do: at separators that no backslash stands before. */
const split = (text: string, separator: string): string[] => {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '\\') part += character + (text[++at] ?? '');
    else if (character === separator) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
};
const cefKeys = (line: string): string[] =>
  split(line, '=')
    .slice(0, -1)
    .map((part) => /(\w+)$/.exec(part)?.[1] ?? '');

describe('what people type', () => {
  it('never ends a line or a field of CEF', () => {
    fc.assert(
      fc.property(fc.tuple(hostile, hostile, hostile, hostile), (texts) => {
        const plain = withTexts(texts.map((text) => (text === '' ? '' : 'x')));
        const line = cefV1(withTexts(texts), origin);
        expect(line).not.toMatch(lineBreak);
        expect(cefKeys(line)).toEqual(cefKeys(cefV1(plain, origin)));
        const head = split(line, '|');
        expect(head.slice(0, 7)).toEqual(split(cefV1(plain, origin), '|').slice(0, 7));
      }),
      { numRuns: 500 },
    );
  });

  it('never ends a line or a field of LEEF', () => {
    fc.assert(
      fc.property(fc.tuple(hostile, hostile, hostile, hostile), (texts) => {
        const plain = withTexts(texts.map((text) => (text === '' ? '' : 'x')));
        const keys = (line: string): string[] =>
          line
            .slice(line.indexOf('|^|') + 3)
            .split('^')
            .map((field) => field.slice(0, field.indexOf('=')));
        const line = leefV1(withTexts(texts), origin);
        expect(line).not.toMatch(lineBreak);
        expect(keys(line)).toEqual(keys(leefV1(plain, origin)));
      }),
      { numRuns: 500 },
    );
  });
});
