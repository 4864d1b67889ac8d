import type { FieldSpec } from '../field.js';
import type { Model } from '../model.js';
import { sameValue } from '../model-decisions.js';

/** What a field looks like in stored events: everything that folding an old event depends on, and no limits. */
export interface StoredShape {
  readonly kind: FieldSpec['kind'];
  readonly nullable: boolean;
  readonly values?: readonly string[];
  readonly fields?: Readonly<Record<string, StoredShape>>;
  /** What events count as that lack the field. */
  readonly absent?: unknown;
}

/** Version and fields of every model, by model. */
export type StoredShapes = Readonly<
  Record<string, { readonly version: number; readonly fields: Readonly<Record<string, StoredShape>> }>
>;

const shapeOf = (spec: FieldSpec): StoredShape => ({
  kind: spec.kind,
  nullable: spec.nullable,
  ...('values' in spec ? { values: spec.values } : {}),
  ...('fields' in spec ? { fields: mapShapes(spec.fields) } : {}),
  ...(spec.absent === undefined ? {} : { absent: spec.absent }),
});

const mapShapes = (specs: Readonly<Record<string, FieldSpec>>): Record<string, StoredShape> =>
  Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, shapeOf(spec)]));

/** What `models.lock.json` holds of the declared models. */
export const storedShapes = (models: readonly Model[]): StoredShapes =>
  Object.fromEntries(
    models.map((model) => [
      model.name,
      { version: model.upcasters.length + 1, fields: mapShapes(model.specs) },
    ]),
  );

const fieldProblems = (path: string, old: StoredShape, now: StoredShape | undefined): string[] => {
  if (!now) return [`${path} is gone`];
  if (old.kind !== now.kind) return [`${path} was ${old.kind} and is ${now.kind}`];
  return [
    ...(old.nullable && !now.nullable ? [`${path} forbids null`] : []),
    ...(sameValue(old.absent, now.absent) ? [] : [`${path} counts as something else where it is absent`]),
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
    .filter((name) => !Object.hasOwn(old, name) && now[name]!.absent === undefined)
    .map((name) => `${path}.${name} is new`),
];

/**
 * Why events that were stored under old shapes would not fold into the present ones: each line names a field of a model
 * that existed before. New models have no old events; a model of a higher version has upcasters, which frozen samples try.
 */
export const brokenShapes = (old: StoredShapes, now: StoredShapes): string[] =>
  Object.entries(old).flatMap(([model, { version, fields }]) => {
    const present = now[model];
    if (!present) return [`${model} is gone`];
    return present.version > version ? [] : shapeProblems(model, fields, present.fields);
  });
