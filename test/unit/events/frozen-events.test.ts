import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventTypes } from '../../../domain/event-types.js';
import { modelEventTypes, storedSchema } from '../../../domain/kernel/model-events.js';
import { upcast } from '../../../domain/kernel/upcast/upcast.js';
import { models } from '../../../domain/models.generated.js';
import { storedSample } from '../../support/stored-sample.js';

type Data = Record<string, unknown>;

/** Entries as they may stand in logs, for ever, by `name@version`. Entries are added, never changed. */
const frozen = (file: string): Record<string, Data> =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Record<string, Data>;
const parts = (entry: string): [string, number] => {
  const [name = '', version] = entry.split('@');
  return [name, Number(version)];
};
/** Names of all versions of something, up to the present one. */
const versionsOf = (name: string, version: number): string[] =>
  Array.from({ length: version }, (_, before) => `${name}@${String(before + 1)}`);

const specials = new Set(models.flatMap((model) => Object.keys(model.specials)));
const derived = new Set(Object.keys(modelEventTypes(models)).filter((type) => !specials.has(type)));

describe('events with a meaning of their own', () => {
  const events = frozen('./frozen-events.json');

  it.each(Object.entries(events))('%s is still understood, field by field', (entry, data) => {
    const [type, version] = parts(entry);
    const declared = eventTypes.get(type)!;
    const present = upcast(declared, type, version, data);
    expect(z.strictObject(declared.shape).parse(present)).toEqual(present);
  });

  it('each version of every type has its sample', () => {
    const declared = [...eventTypes]
      .filter(([type]) => !derived.has(type))
      .flatMap(([type, { version }]) => versionsOf(type, version));
    expect(declared.filter((entry) => !(entry in events))).toEqual([]);
  });
});

describe('events of models', () => {
  const states = frozen('./frozen-models.json');
  const byName = new Map(models.map((model) => [model.name, model]));

  it.each(Object.entries(states))('%s still folds: created, changed, deleted', (entry, state) => {
    const [name, version] = parts(entry);
    const model = byName.get(name)!;
    const read = (event: string, data: Data): Data => {
      const type = `${model.category}.${event}`;
      const stored = { ...(model.kind === null ? {} : { kind: model.kind }), ...data };
      const { kind, ...present } = upcast(eventTypes.get(type)!, type, version, stored);
      expect(kind ?? null).toBe(model.kind);
      return present;
    };
    const created = read('created', state);
    expect(storedSchema(model).parse(created)).toEqual(created);
    expect(read('deleted', { was: state })).toEqual({ was: created });
    const { set, was } = read('changed', { set: state, was: state });
    expect(storedSchema(model).parse({ ...created, ...(set as Data) })).toEqual(created);
    expect(was).toEqual(set);
  });

  it('each version of every model has its sample', () => {
    const missing = models.flatMap((model) =>
      versionsOf(model.name, model.upcasters.length + 1)
        .filter((entry) => !(entry in states))
        .map((entry) => [entry, storedSample(model)]),
    );
    expect(Object.fromEntries(missing), 'add this to frozen-models.json').toEqual({});
  });
});
