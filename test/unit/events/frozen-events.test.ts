import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { eventTypes } from '../../../domain/event-types.js';
import { modelEventTypes } from '../../../domain/kernel/model-events.js';
import { models } from '../../../domain/models.generated.js';

/** One event of each type and version as it may stand in logs, for ever. Entries are added, never changed. */
const frozen = Object.entries(
  JSON.parse(readFileSync(new URL('./frozen-events.json', import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >,
);
const specials = new Set(models.flatMap((model) => Object.keys(model.specials)));
const derived = new Set(Object.keys(modelEventTypes(models)).filter((type) => !specials.has(type)));

it.each(frozen)('%s is still understood, field by field', (name, data) => {
  const [type = '', version] = name.split('@');
  const declared = eventTypes.get(type);
  expect(declared?.version, 'a new version needs an upcaster for the old one').toBe(Number(version));
  expect(z.strictObject(declared!.shape).parse(data)).toEqual(data);
});

it('every type of event has its sample', () => {
  const known = new Set(frozen.map(([name]) => name));
  const declared = [...eventTypes]
    .filter(([type]) => !derived.has(type))
    .map(([type, { version }]) => `${type}@${String(version)}`);
  expect(declared.filter((name) => !known.has(name))).toEqual([]);
});
