import type { FieldSpec } from './field.js';
import type { Model } from './model.js';

/** What a field looks like in stored events: everything that folding an old event depends on, and no limits. */
export interface StoredShape {
  readonly kind: FieldSpec['kind'];
  readonly nullable: boolean;
  readonly values?: readonly string[];
  readonly fields?: Readonly<Record<string, StoredShape>>;
}

/** Shapes of the fields of every model, by model. */
export type StoredShapes = Readonly<Record<string, Readonly<Record<string, StoredShape>>>>;

const shapeOf = (spec: FieldSpec): StoredShape => ({
  kind: spec.kind,
  nullable: spec.nullable,
  ...('values' in spec ? { values: spec.values } : {}),
  ...('fields' in spec ? { fields: mapShapes(spec.fields) } : {}),
});

const mapShapes = (specs: Readonly<Record<string, FieldSpec>>): Record<string, StoredShape> =>
  Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, shapeOf(spec)]));

/** What `models.lock.json` holds of the declared models. */
export const storedShapes = (models: readonly Model[]): StoredShapes =>
  Object.fromEntries(models.map((model) => [model.name, mapShapes(model.specs)]));

const fieldProblems = (path: string, old: StoredShape, now: StoredShape | undefined): string[] => {
  if (!now) return [`${path} is gone`];
  if (old.kind !== now.kind) return [`${path} was ${old.kind} and is ${now.kind}`];
  return [
    ...(old.nullable && !now.nullable ? [`${path} forbids null`] : []),
    ...(old.values ?? [])
      .filter((value) => !now.values?.includes(value))
      .map((value) => `${path} lost the value ${value}`),
    ...shapeProblems(path, old.fields ?? {}, now.fields ?? {}),
  ];
};

const shapeProblems = (
  path: string,
  old: Readonly<Record<string, StoredShape>>,
  now: Readonly<Record<string, StoredShape>>,
): string[] => [
  ...Object.entries(old).flatMap(([name, shape]) => fieldProblems(`${path}.${name}`, shape, now[name])),
  ...Object.keys(now)
    .filter((name) => !Object.hasOwn(old, name))
    .map((name) => `${path}.${name} is new`),
];

/**
 * Why events that were stored under old shapes would not fold into the present ones: each line names a field of a model
 * that existed before. New models have no old events.
 */
export const brokenShapes = (old: StoredShapes, now: StoredShapes): string[] =>
  Object.entries(old).flatMap(([model, fields]) =>
    now[model] ? shapeProblems(model, fields, now[model]) : [`${model} is gone`],
  );
