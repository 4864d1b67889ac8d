import { idsField, type FieldSpec, type ModelDescription } from '../model/description.js';

/** What a form holds: one value per field, in the shape the API takes. An absent secret is kept as it is. */
export type Values = Readonly<Record<string, unknown>>;

/** Value of a field that nobody has filled in. */
const blank = (spec: FieldSpec): unknown => {
  switch (spec.kind) {
    case 'flag':
      return false;
    case 'choice':
      return spec.nullable ? null : (spec.values[0] ?? null);
    case 'choices':
    case 'refs':
    case 'texts':
    case 'list':
      return [];
    case 'json':
      return {};
    case 'condition':
      return { all: [] };
    case 'secret':
      return undefined;
    case 'text':
    case 'duration':
      return spec.nullable ? null : '';
    case 'number':
    case 'ref':
    case 'moment':
      return null;
  }
};

/** What a field starts with in a form for something new. */
export const initialValue = (spec: FieldSpec): unknown =>
  spec.initial === undefined || spec.kind === 'secret' ? blank(spec) : structuredClone(spec.initial);

/** Values of a form for something new. */
export const initialValues = (model: ModelDescription, given: Values = {}): Values => ({
  ...Object.fromEntries(Object.entries(model.fields).map(([name, spec]) => [name, initialValue(spec)])),
  ...given,
});

/** The value of a field in an object as the API returns it. */
const valueIn = (object: Values, name: string, spec: FieldSpec): unknown => {
  switch (spec.kind) {
    case 'ref':
      return object[`${name}Id`];
    case 'refs':
      return object[idsField(name)];
    case 'secret':
      return undefined;
    default:
      return object[name];
  }
};

/** Values of a form for an object that exists. */
export const valuesOf = (model: ModelDescription, object: Values): Values =>
  Object.fromEntries(Object.entries(model.fields).map(([name, spec]) => [name, valueIn(object, name, spec)]));

/** Whether two values are the same. The order of a set does not count. */
export const isSame = (a: unknown, b: unknown, spec?: FieldSpec): boolean => {
  if (spec && (spec.kind === 'refs' || spec.kind === 'choices') && Array.isArray(a) && Array.isArray(b))
    return JSON.stringify([...(a as string[])].sort()) === JSON.stringify([...(b as string[])].sort());
  return JSON.stringify(a) === JSON.stringify(b);
};

/** Names of the fields in which two sets of values differ. */
export const changedFields = (model: ModelDescription, before: Values, now: Values): readonly string[] =>
  Object.entries(model.fields)
    .filter(([name, spec]) => !isSame(before[name], now[name], spec))
    .map(([name]) => name);

/** Whether the other fields make this one matter. */
export const isRelevant = (model: ModelDescription, field: string, values: Values): boolean =>
  Object.entries(model.when[field] ?? {}).every(([other, accepted]) =>
    (accepted as readonly unknown[]).includes(values[other]),
  );

export const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** Whether a field must be filled in, given the others. */
export const isRequired = (model: ModelDescription, field: string, values: Values): boolean =>
  model.fields[field]?.required === true ||
  (model.requiredWhenRelevant.includes(field) && isRelevant(model, field, values));

/** Required fields that are empty. A secret that is stored already need not be given again. */
export const missingFields = (
  model: ModelDescription,
  values: Values,
  isStored: (field: string) => boolean,
): readonly string[] =>
  Object.keys(model.fields).filter(
    (field) =>
      isRequired(model, field, values) &&
      isRelevant(model, field, values) &&
      isEmpty(values[field]) &&
      !(model.fields[field]?.kind === 'secret' && values[field] === undefined && isStored(field)),
  );

/** Input of a create: what was filled in and matters; the rest is left to the product's own defaults. */
export const createInput = (model: ModelDescription, values: Values): Values =>
  Object.fromEntries(
    Object.entries(model.fields)
      .filter(
        ([name, spec]) =>
          spec.required ||
          (isRelevant(model, name, values) && !isSame(values[name], initialValue(spec), spec)),
      )
      .map(([name]) => [name, values[name]] as const)
      .filter(([, value]) => value !== undefined),
  );

/** Input of an update: the fields that were changed. */
export const updateInput = (model: ModelDescription, before: Values, now: Values): Values =>
  Object.fromEntries(
    changedFields(model, before, now)
      .filter((name) => model.fields[name]?.immutable === false && now[name] !== undefined)
      .map((name) => [name, now[name]]),
  );

/** A name as it may stand in an address. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100);
