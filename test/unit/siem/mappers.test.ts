import { describe, expect, it } from 'vitest';
import { auditActions } from '../../../domain/audit/fact.js';
import { lineOf, siemFormats, siemMapper, siemMappers, textFormats } from '../../../domain/siem/formats.js';
import { codedActions } from '../../../domain/siem/codes-v1.js';
import { cases } from './cases.js';

const origin = 'urn:uuid:0198c9a0-5555-7000-8000-000000000001';
const versions = siemFormats.flatMap((format) =>
  siemMappers[format].map((map, index) => ({ format, version: index + 1, map })),
);

describe('acceptance 4: mappers', () => {
  it('every action of the product has codes, or is a custom one', () => {
    expect(auditActions.filter((action) => !codedActions.includes(action))).toEqual([
      'custom_notification_test',
    ]);
  });

  it.each(versions)(
    '$format, version $version, gives the bytes it has always given',
    async ({ format, version, map }) => {
      const lines = [...cases].map(([name, entry]) => `# ${name}\n${lineOf(map(entry, origin))}\n`);
      await expect(lines.join('')).toMatchFileSnapshot(`./frozen/${format}-v${String(version)}.txt`);
    },
  );

  it('are found by format and version, the newest unless told', () => {
    for (const { format, version, map } of versions) expect(siemMapper(format, version)).toBe(map);
    expect(siemFormats.map((format) => siemMapper(format))).toEqual(
      siemFormats.map((format) => siemMappers[format].at(-1)),
    );
  });

  it('text formats give lines, the others objects', () => {
    const [entry] = cases.values();
    for (const format of siemFormats)
      expect(typeof siemMapper(format)(entry!, origin)).toBe(
        textFormats.includes(format) ? 'string' : 'object',
      );
  });

  it.each(versions)('$format, version $version, gives one line of each entry', ({ map }) => {
    for (const entry of cases.values()) expect(lineOf(map(entry, origin))).not.toMatch(/[\r\n]/);
  });
});
