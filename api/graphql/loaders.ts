import DataLoader from 'dataloader';
import { createPastViews, type PastViews } from './time/past-views.js';
import { labelsOf, userNamesAt } from '../../projections/audit/query.js';
import { usersByIds, type UserWithGroups } from '../../projections/directory/query.js';
import { holdsOf } from '../../projections/privacy/query.js';
import type { HoldRow } from '../../projections/privacy/table.js';
import { labelsAt } from '../../projections/history/query.js';
import type { Database } from '../../projections/projection.js';

/** Batched look-ups of one request: however many rows refer to users, they cost one query. */
export interface Loaders {
  readonly user: DataLoader<string, UserWithGroups | null>;
  /** Newest known name of an object of any kind. */
  readonly label: DataLoader<string, string | null>;
  /** Legal holds in force on a person. */
  readonly holds: DataLoader<string, readonly HoldRow[]>;
  /** The name an object bore at a position; persons have the newest one. Keys are `<id>@<position>`. */
  readonly labelThen: DataLoader<string, string | null>;
  readonly past: PastViews;
}

export const createLoaders = (db: Database): Loaders => ({
  user: new DataLoader(async (ids) => {
    const rows = new Map((await usersByIds(db, ids)).map((row) => [row.id, row]));
    return ids.map((id) => rows.get(id) ?? null);
  }),
  label: new DataLoader(async (ids) => {
    const labels = await labelsOf(db, ids);
    return ids.map((id) => labels.get(id) ?? null);
  }),
  holds: new DataLoader(async (subjects) => {
    const holds = await holdsOf(db, subjects);
    return subjects.map((subject) => holds.filter((hold) => hold.subject === subject));
  }),
  labelThen: new DataLoader(async (keys) => {
    const wanted = keys.map((key) => {
      const [id = '', position = ''] = key.split('@');
      return { id, position };
    });
    const things = await labelsAt(db, wanted);
    const others = wanted.filter((_one, index) => !things.has(keys[index]!));
    const people = await userNamesAt(db, others);
    const now = await labelsOf(
      db,
      others.map(({ id }) => id),
    );
    return keys.map((key, index) => things.get(key) ?? people.get(key) ?? now.get(wanted[index]!.id) ?? null);
  }),
  past: createPastViews(db),
});
