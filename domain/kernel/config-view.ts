import type { Family, Fields, Model, StateOf } from './model.js';
import type { Values } from './model-events.js';

/** One configured object as of the view's position. */
export interface ConfigObject<V = Values> {
  readonly model: Model;
  readonly id: string;
  readonly values: V;
  readonly revision: number;
  readonly position: bigint;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** A field of one object that refers to another. */
export interface Referrer {
  readonly object: ConfigObject;
  readonly field: string;
}

/** All configuration, in memory, as of one position of the log. Reading costs no query. */
export interface ConfigView {
  readonly position: bigint;
  get<F extends Fields>(model: Model<F>, id: string): ConfigObject<StateOf<F>> | undefined;
  /** Any object by id, whatever its model. */
  byId(id: string): ConfigObject | undefined;
  all<F extends Fields>(model: Model<F>): readonly ConfigObject<StateOf<F>>[];
  family(family: Family): readonly ConfigObject[];
  /** Look-up by a field that is unique in its model. */
  find<F extends Fields>(
    model: Model<F>,
    field: keyof F & string,
    value: string,
  ): ConfigObject<StateOf<F>> | undefined;
  referrers(id: string): readonly Referrer[];
}

/** Name of an object for people. */
export const labelOf = (object: ConfigObject): string =>
  labelText(object.values[object.model.label]) || object.id;

/** The text of a label field: a name, or the number of something that has none. */
export const labelText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** Whether a reference target text admits a model: its name, its family, one kind, or a trait. */
export const admits = (target: string, model: Model): boolean =>
  target === model.name ||
  target === model.family?.name ||
  (target.startsWith('trait:') && model.traits.includes(target.slice('trait:'.length)));
