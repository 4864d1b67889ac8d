import { z } from 'zod';
import { eventType, type EventType } from './event.js';
import { fieldUpcasters } from './upcast/field-upcasters.js';
import { fieldSchema } from './field-schema.js';
import type { Model } from './model.js';

/** State of one object of a model, as its events tell it. */
export type ModelState =
  | { readonly status: 'absent' }
  | { readonly status: 'present'; readonly kind: string | null; readonly values: Values }
  | { readonly status: 'deleted' };

export type Values = Readonly<Record<string, unknown>>;

export interface ModelEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Stored event types of the models, by type. The kind of a family stands in `data.kind`. */
export const modelEventTypes = (models: readonly Model[]): Record<string, EventType> => {
  const types: Record<string, EventType> = {};
  for (const [category, kinds] of byCategory(models)) {
    const version = kinds[0]!.upcasters.length + 1;
    const { upcasters, complete } = fieldUpcasters(kinds);
    const declare = (shape: z.ZodRawShape): EventType => ({
      ...eventType(version, { kind: z.string().optional(), ...shape }, undefined, upcasters),
      complete,
    });
    const values = z.record(z.string(), z.unknown());
    types[`${category}.created`] = declare({});
    types[`${category}.changed`] = declare({ set: values, was: values });
    types[`${category}.deleted`] = declare({ was: values });
    for (const model of kinds)
      for (const [type, special] of Object.entries(model.specials))
        types[type] = eventType(special.version, special.shape);
  }
  return types;
};

const byCategory = (models: readonly Model[]): ReadonlyMap<string, readonly Model[]> => {
  const categories = new Map<string, Model[]>();
  for (const model of models)
    categories.set(model.category, [...(categories.get(model.category) ?? []), model]);
  return categories;
};

/** Folds the events of one object. Folding never parses and never applies defaults. */
export const evolveModel =
  (model: Pick<Model, 'category' | 'specials'>) =>
  (state: ModelState, event: ModelEvent): ModelState => {
    const { kind, ...data } = event.data;
    switch (event.type) {
      case `${model.category}.created`:
        return { status: 'present', kind: (kind as string | undefined) ?? null, values: data };
      case `${model.category}.changed`:
        return state.status === 'present'
          ? { ...state, values: { ...state.values, ...(data['set'] as Values) } }
          : state;
      case `${model.category}.deleted`:
        return { status: 'deleted' };
      default: {
        const special = model.specials[event.type];
        if (!special || state.status !== 'present') return state;
        return { ...state, values: special.apply(state.values, event.data) };
      }
    }
  };

/** Schema of the whole stored state of a model: shape without limits, secrets as references only. */
export const storedSchema = (model: Model): z.ZodType<Values> =>
  z.strictObject(
    Object.fromEntries(Object.entries(model.specs).map(([name, spec]) => [name, fieldSchema(spec, true)])),
  );
