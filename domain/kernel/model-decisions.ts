import { DomainError } from './errors.js';
import type { Model } from './model.js';
import { evolveModel, storedSchema, type ModelEvent, type ModelState, type Values } from './model-events.js';

const present = (state: ModelState): Values => {
  if (state.status !== 'present') throw new DomainError('NOT_FOUND');
  return state.values;
};

const withKind = (model: Model): { kind?: string } => (model.kind === null ? {} : { kind: model.kind });

/** Structural equality of stored values: plain JSON data, keys in any order. */
export const sameValue = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]))
  );
};

/** A secret keeps its reference when its fingerprint says that the value is the old one. */
const sameField = (a: unknown, b: unknown): boolean => {
  const left = a as { fingerprint?: string | null } | null;
  const right = b as { fingerprint?: string | null } | null;
  return left?.fingerprint != null && left.fingerprint === right?.fingerprint ? true : sameValue(a, b);
};

/** `<category>.created`. Throws `ALREADY_EXISTS`. */
export const createModel = (model: Model, state: ModelState, values: Values): ModelEvent[] => {
  if (state.status !== 'absent') throw new DomainError('ALREADY_EXISTS');
  storedSchema(model).parse(values);
  return [{ type: `${model.category}.created`, data: { ...withKind(model), ...values } }];
};

/** `<category>.changed` with the fields that really differ, or nothing. Throws `NOT_FOUND`. */
export const changeModel = (model: Model, state: ModelState, patch: Values): ModelEvent[] => {
  const values = present(state);
  const changed = Object.keys(patch).filter((name) => !sameField(values[name], patch[name]));
  if (changed.length === 0) return [];
  const pick = (from: Values): Values =>
    Object.fromEntries(changed.map((name) => [name, from[name] ?? null]));
  storedSchema(model).parse({ ...values, ...pick(patch) });
  return [
    { type: `${model.category}.changed`, data: { ...withKind(model), set: pick(patch), was: pick(values) } },
  ];
};

/** `<category>.deleted` with the last values. Throws `NOT_FOUND`. */
export const deleteModel = (model: Model, state: ModelState): ModelEvent[] => [
  { type: `${model.category}.deleted`, data: { ...withKind(model), was: present(state) } },
];

/**
 * `<category>.created` once more, on the stream of a deleted object: whoever folds the log needs to know no other event.
 * Throws `ALREADY_EXISTS` for an object that is there, `NOT_FOUND` for one that never was.
 */
export const restoreModel = (model: Model, state: ModelState, values: Values): ModelEvent[] => {
  if (state.status === 'absent') throw new DomainError('NOT_FOUND');
  return createModel(model, state.status === 'deleted' ? { status: 'absent' } : state, values);
};

/**
 * Fields set by events after a revision that the caller has seen. An update on an older revision is refused when it
 * touches one of them, and written when it does not.
 */
export const fieldsSetSince = (model: Model, later: readonly ModelEvent[]): string[] => [
  ...new Set(
    later.flatMap((event) => {
      if (event.type === `${model.category}.changed`) return Object.keys(event.data['set'] as Values);
      if (event.type in model.specials) return Object.keys(model.specs);
      return [];
    }),
  ),
];

/** Throws `REVISION_CONFLICT`, naming the fields, when the patch touches what was set since. */
export const refuseConflicts = (model: Model, later: readonly ModelEvent[], patch: Values): void => {
  const conflicts = fieldsSetSince(model, later).filter((name) => name in patch);
  if (conflicts.length > 0)
    throw new DomainError('REVISION_CONFLICT', {
      fields: conflicts.map((path) => ({
        path,
        code: 'REVISION_CONFLICT',
        message: 'Changed by somebody else.',
      })),
    });
};

/** Current state of one object from its events. */
export const modelState = (model: Model, events: readonly ModelEvent[]): ModelState =>
  events.reduce<ModelState>(evolveModel(model), { status: 'absent' });
