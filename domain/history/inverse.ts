import type { UserEvent } from '../directory/user/events.js';
import type { UserPatch } from '../directory/user/update-user.js';
import type { PresentUser } from '../directory/user/user.js';
import type { Model } from '../kernel/model.js';
import { sameValue } from '../kernel/model-decisions.js';
import type { Values } from '../kernel/model-events.js';

/** What undoes a change: the values to write, and what stands against it. */
export interface Inverse<Patch = Values> {
  readonly patch: Patch;
  /** Fields that do not hold any more what the change has set. */
  readonly changedSince: readonly string[];
  /** Fields that keep what the change has set: secrets are never restored. */
  readonly kept: readonly string[];
}

/**
 * The inverse of `<model>.changed {set, was}` on the values of now. Fields that only the product writes follow from the
 * others and are not part of it.
 */
export const inverseOfChange = (
  model: Model,
  change: { readonly set: Values; readonly was: Values },
  now: Values,
): Inverse => {
  const fields = Object.keys(change.set).filter(
    (field) => model.specs[field] && !model.specs[field].internal,
  );
  const kept = fields.filter((field) => model.specs[field]?.kind === 'secret');
  const taken = fields.filter((field) => !kept.includes(field));
  return {
    patch: Object.fromEntries(taken.map((field) => [field, change.was[field]])),
    changedSince: taken.filter((field) => !sameValue(now[field], change.set[field])),
    kept,
  };
};

type Entry = { readonly field: keyof UserPatch; readonly set: unknown; readonly was: unknown };

const entryOf = (event: UserEvent): Entry | null => {
  switch (event.type) {
    case 'user.username.changed':
      return { field: 'username', set: event.data.username, was: event.data.was };
    case 'user.renamed':
      return { field: 'name', set: event.data.name, was: event.data.was };
    case 'user.email.changed':
      return { field: 'email', set: event.data.email, was: event.data.was };
    case 'user.attributes.changed':
      return { field: 'attributes', set: event.data.attributes, was: event.data.was };
    case 'user.moved':
      return { field: 'path', set: event.data.path, was: event.data.was };
    case 'user.type.changed':
      return { field: 'type', set: event.data.type, was: event.data.was };
    case 'user.activated':
      return { field: 'isActive', set: true, was: false };
    case 'user.deactivated':
      return { field: 'isActive', set: false, was: true };
    case 'user.created':
    case 'user.password.changed':
    case 'user.deleted':
      return null;
    default:
      return event satisfies never;
  }
};

/** The inverse of what one command has changed of a user, on the user of now. */
export const inverseOfUserChange = (events: readonly UserEvent[], now: PresentUser): Inverse<UserPatch> => {
  const entries = events.flatMap((event) => entryOf(event) ?? []);
  return {
    patch: Object.fromEntries(entries.map(({ field, was }) => [field, was])),
    changedSince: entries.filter(({ field, set }) => !sameValue(now[field], set)).map(({ field }) => field),
    kept: events.some(({ type }) => type === 'user.password.changed') ? ['password'] : [],
  };
};
