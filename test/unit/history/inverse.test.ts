import { describe, expect, it } from 'vitest';
import { inverseOfChange, inverseOfUserChange } from '../../../domain/history/inverse.js';
import type { UserEvent } from '../../../domain/directory/user/events.js';
import { updateUser, type UserPatch } from '../../../domain/directory/user/update-user.js';
import { user, type PresentUser, type User } from '../../../domain/directory/user/user.js';
import { application } from '../../../domain/application/model.js';
import type { Model } from '../../../domain/kernel/model.js';
import { changeModel, modelState } from '../../../domain/kernel/model-decisions.js';
import { oauth2Provider } from '../../../domain/provider/oauth2/model.js';
import { randomNumbers } from '../../support/random.js';
import type { Values } from '../../../domain/kernel/model-events.js';

const app = application as unknown as Model;
const provider = oauth2Provider as unknown as Model;
const initial = {
  ...Object.fromEntries(Object.entries(app.specs).map(([field, spec]) => [field, spec.initial ?? null])),
  name: 'a',
  slug: 'a',
};
const created = { type: 'application.created', data: initial };

describe('the inverse of a change of a model', () => {
  it('changed and taken back is what it was, and taken back again is what it became', () => {
    const random = randomNumbers(1);
    const names = ['a', 'b', 'c'];
    for (let round = 0; round < 500; round += 1) {
      let events: { type: string; data: Values }[] = [created];
      for (let step = 0; step < 3; step += 1) {
        const patch = {
          name: names[random(3)]!,
          hidden: random(2) === 1,
          group: names[random(3)]!,
        };
        events = [...events, ...changeModel(app, modelState(app, events), patch)];
      }
      const last = events.at(-1)!;
      if (last.type !== 'application.changed') continue;
      const before = modelState(app, events.slice(0, -1));
      const after = modelState(app, events);
      if (after.status !== 'present') throw new Error('unreachable');
      const back = inverseOfChange(app, last.data as never, after.values);
      expect(back.changedSince).toEqual([]);
      const reverting = changeModel(app, after, back.patch);
      expect(modelState(app, [...events, ...reverting])).toEqual(before);
      const reverted = modelState(app, [...events, ...reverting]);
      if (reverted.status !== 'present') throw new Error('unreachable');
      const again = inverseOfChange(app, reverting[0]!.data as never, reverted.values);
      expect(modelState(app, [...events, ...reverting, ...changeModel(app, reverted, again.patch)])).toEqual(
        after,
      );
    }
  });

  it('names the fields that were changed since', () => {
    const change = { set: { name: 'b', hidden: true }, was: { name: 'a', hidden: false } };
    expect(inverseOfChange(app, change, { ...initial, name: 'c', hidden: true }).changedSince).toEqual([
      'name',
    ]);
  });

  it('leaves secrets alone, and what only the product writes', () => {
    const secret = { ref: 'r', version: 2, fingerprint: 'f' };
    const inverse = inverseOfChange(
      provider,
      {
        set: { name: 'b', clientSecret: secret, previousClientSecret: null },
        was: { name: 'a', clientSecret: { ...secret, version: 1 }, previousClientSecret: secret },
      },
      { name: 'b', clientSecret: secret, previousClientSecret: null },
    );
    expect(inverse).toEqual({ patch: { name: 'a' }, changedSince: [], kept: ['clientSecret'] });
  });
});

describe('the inverse of a change of a user', () => {
  const jane: PresentUser = {
    status: 'present',
    id: '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f' as PresentUser['id'],
    number: 1,
    username: 'jane',
    name: 'Jane',
    email: '',
    type: 'internal',
    path: 'users',
    isActive: true,
    attributes: {},
    credential: null,
  };
  const after = (state: User, events: readonly UserEvent[]): PresentUser =>
    events.reduce(user.evolve, state) as PresentUser;

  it('changed and taken back is who it was', () => {
    const random = randomNumbers(2);
    for (let round = 0; round < 300; round += 1) {
      const patch: UserPatch = {
        ...(random(2) ? { username: 'janet' } : {}),
        ...(random(2) ? { name: 'Janet' } : {}),
        ...(random(2) ? { email: 'j@example.com' } : {}),
        ...(random(2) ? { path: 'users/staff' } : {}),
        ...(random(2) ? { isActive: false } : {}),
        ...(random(2) ? { attributes: { a: random(3) } } : {}),
        ...(random(2) ? { type: 'external' as const } : {}),
      };
      const events = updateUser(jane, patch);
      const changed = after(jane, events);
      const inverse = inverseOfUserChange(events, changed);
      expect(inverse.changedSince).toEqual([]);
      expect(after(changed, updateUser(changed, inverse.patch))).toEqual(jane);
    }
  });

  it('says that a password stays', () => {
    const events: UserEvent[] = [
      {
        type: 'user.password.changed',
        data: { userId: jane.id, credential: { ref: 'r', version: 1, fingerprint: null } },
      },
    ];
    expect(inverseOfUserChange(events, jane)).toEqual({ patch: {}, changedSince: [], kept: ['password'] });
  });
});
