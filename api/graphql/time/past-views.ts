import type { ConfigView } from '../../../domain/kernel/config-view.js';
import { configAt } from '../../../projections/history/query.js';
import type { Database } from '../../../projections/projection.js';
import type { GraphqlContext } from '../context.js';

/** The view that an object or a user of the past belongs to, so that what it refers to is looked up in the same past. */
const pastOf = new WeakMap<object, ConfigView>();

/** Configurations of the past, each loaded once a request. */
export interface PastViews {
  readonly at: (position: bigint) => Promise<ConfigView>;
}

export const createPastViews = (db: Database): PastViews => {
  const views = new Map<bigint, Promise<ConfigView>>();
  return {
    at: (position) => {
      const known = views.get(position) ?? configAt(db, position);
      views.set(position, known);
      return known;
    },
  };
};

/** Remembers which past an object was taken from. */
export const ofPast = <O extends object | null | undefined>(object: O, view: ConfigView): O => {
  if (object) pastOf.set(object, view);
  return object;
};

/** The past that an object was taken from; null for one of the present. */
export const pastViewOf = (object: object): ConfigView | null => pastOf.get(object) ?? null;

/** The configuration that an object is part of: the present one unless it was taken from the past. */
export const viewOf = (context: GraphqlContext, object: object): ConfigView =>
  pastViewOf(object) ?? context.dependencies.ports.config;
