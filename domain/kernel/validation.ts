import type { z } from 'zod';
import { DomainError, type FieldError } from './errors.js';

/** Field errors of a failed parse. Texts name paths and expectations, never the received value. */
export const fieldErrors = (error: z.ZodError): FieldError[] =>
  error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          path: [...issue.path, key].join('.'),
          code: 'UNKNOWN_FIELD',
          message: 'There is no such field.',
        }))
      : [{ path: issue.path.join('.'), code: issue.code.toUpperCase(), message: issue.message }],
  );

/** Parses input at a border. Throws `INVALID_INPUT` with one entry per rejected field. */
export const parse = <T>(schema: z.ZodType<T>, input: unknown, prefix = ''): T => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields = fieldErrors(result.error).map((field) =>
    prefix ? { ...field, path: field.path === '' ? prefix : `${prefix}.${field.path}` } : field,
  );
  throw new DomainError('INVALID_INPUT', { fields });
};
