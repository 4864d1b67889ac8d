import { z } from 'zod';
import { DomainError, type FieldError } from './errors.js';
import { fieldSchema } from './field-schema.js';
import type { Model } from './model.js';
import type { Values } from './model-events.js';
import { Secret } from './secret.js';
import { parse } from './validation.js';

const createSchemas = new WeakMap<Model, z.ZodType<Values>>();
const updateSchemas = new WeakMap<Model, z.ZodType<Values>>();

const createSchema = (model: Model): z.ZodType<Values> => {
  const known = createSchemas.get(model);
  if (known) return known;
  const schema = z.strictObject(
    Object.fromEntries(
      Object.entries(model.specs)
        .filter(([, spec]) => !spec.internal)
        .map(([name, spec]) => {
          const value = fieldSchema(spec, false);
          if (spec.kind === 'secret' && spec.generated) return [name, value.optional()];
          return [
            name,
            spec.initial === undefined ? value : value.default(() => structuredClone(spec.initial)),
          ];
        }),
    ),
  );
  createSchemas.set(model, schema);
  return schema;
};

const updateSchema = (model: Model): z.ZodType<Values> => {
  const known = updateSchemas.get(model);
  if (known) return known;
  const schema = z.strictObject(
    Object.fromEntries(
      Object.entries(model.specs)
        .filter(([, spec]) => !spec.immutable && !spec.internal)
        .map(([name, spec]) => [name, z.exactOptional(fieldSchema(spec, false))]),
    ),
  );
  updateSchemas.set(model, schema);
  return schema;
};

const internalDefaults = (model: Model): Values =>
  Object.fromEntries(
    Object.entries(model.specs)
      .filter(([, spec]) => spec.internal)
      .map(([name, spec]) => [name, structuredClone(spec.initial)]),
  );

/** Input of a create with defaults filled in; secrets are `Secret` objects. Throws `INVALID_INPUT`. */
export const parseCreate = (model: Model, input: unknown): Values => ({
  ...parse(createSchema(model), input),
  ...internalDefaults(model),
});

/** Input of an update: only the fields that were sent. Throws `INVALID_INPUT`. */
export const parseUpdate = (model: Model, input: unknown): Values => parse(updateSchema(model), input);

/** Whether the other fields make this one matter. */
export const isRelevant = (model: Model, field: string, values: Values): boolean =>
  Object.entries(model.when[field] ?? {}).every(([other, accepted]) =>
    (accepted as readonly unknown[]).includes(values[other]),
  );

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

/**
 * Checks rules and relevance on a complete state; only those that read one of `touched` are asked, so that a rule
 * that was tightened does not lock older objects. Throws `INVALID_INPUT`.
 */
export const checkRules = (model: Model, values: Values, touched: readonly string[]): void => {
  const errors: FieldError[] = [];
  for (const field of model.required) {
    const reads = [field, ...Object.keys(model.when[field] ?? {})];
    if (
      reads.some((name) => touched.includes(name)) &&
      isRelevant(model, field, values) &&
      isEmpty(values[field])
    )
      errors.push({ path: field, code: 'REQUIRED', message: 'This field is required.' });
  }
  for (const rule of model.rules)
    if (rule.fields.some((field) => touched.includes(field)) && !rule.holds(values))
      errors.push({ path: rule.fields[0] ?? '', code: rule.code, message: rule.message });
  if (errors.length > 0) throw new DomainError('INVALID_INPUT', { fields: errors });
};

/** Names of the fields whose value still is a `Secret` and must be sealed before the event is built. */
export const unsealedFields = (values: Values): string[] =>
  Object.keys(values).filter((name) => values[name] instanceof Secret);
