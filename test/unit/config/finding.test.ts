import { describe, expect, it } from 'vitest';
import { role } from '../../../domain/directory/role/model.js';
import type { RecordedEvent } from '../../../domain/kernel/event.js';
import { ConfigModel } from '../../../projections/config/config-model.js';
import { randomNumbers } from '../../support/random.js';

const names = ['Auditors', 'auditors', 'Helpers', 'Owners', 'Readers'];
const ids = ['role-a', 'role-b', 'role-c', 'role-d'];

/** Roles that come, get other names, and go. */
const history = (seed: number, length: number): readonly RecordedEvent[] => {
  const below = randomNumbers(seed);
  const present = new Map<string, { name: string; revision: number }>();
  return Array.from({ length }, (_, index): RecordedEvent => {
    const id = ids[below(ids.length)]!;
    const name = names[below(names.length)]!;
    const now = present.get(id);
    const [type, data]: readonly [string, Readonly<Record<string, unknown>>] = !now
      ? ['role.created', { name, permissions: [] }]
      : below(4) === 0
        ? ['role.deleted', { was: { name: now.name } }]
        : below(3) === 0
          ? ['role.changed', { set: { permissions: [] }, was: { permissions: [] } }]
          : ['role.changed', { set: { name }, was: { name: now.name } }];
    const revision = now ? now.revision + 1 : 0;
    if (type === 'role.deleted') present.delete(id);
    else
      present.set(id, {
        name: type === 'role.changed' ? ((data['set'] as { name?: string }).name ?? now!.name) : name,
        revision,
      });
    return {
      position: BigInt(index + 1),
      stream: `role-${id}`,
      revision,
      id: `event-${String(index)}`,
      type: type,
      version: 1,
      data,
      meta: {} as RecordedEvent['meta'],
      at: new Date(index),
      recordedAt: new Date(index),
    };
  });
};

describe('finding an object by what it has in a field', () => {
  it.each([1, 2, 3])('answers after each change as one that is asked for the first time (%i)', (seed) => {
    const events = history(seed, 300);
    const asked = new ConfigModel();
    let found = 0;
    for (const [index, event] of events.entries()) {
      asked.apply([event]);
      const fresh = new ConfigModel();
      fresh.apply(events.slice(0, index + 1));
      for (const name of names) {
        const object = asked.find(role, 'name', name);
        expect(object).toEqual(fresh.find(role, 'name', name));
        if (object) found += 1;
      }
    }
    expect(found).toBeGreaterThan(300);
  });
});
