import { z } from 'zod';
import { conditionSchema } from './condition/condition.js';
import { parseDuration } from './duration.js';
import type { FieldSpec, TextFormat } from './field.js';
import { Secret, secretRef } from './secret.js';

const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const lineBreak = /[\t\n\r]/;

const formats: Record<TextFormat, (value: string) => string | null> = {
  slug: (value) =>
    /^[-a-zA-Z0-9_]+$/.test(value) ? null : 'Use letters, digits, hyphens and underscores only.',
  http_url: (value) => (isHttpUrl(value) ? null : 'Enter an address that begins with http:// or https://.'),
  launch_url: (value) =>
    value === 'blank://blank' || isHttpUrl(value.replace(/%\([a-z_.]+\)s/g, 'x'))
      ? null
      : 'Enter an address that begins with http:// or https://.',
  domain: (value) =>
    /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/i.test(value)
      ? null
      : 'Enter a host name without scheme, port or path.',
  pem: (value) => (/^-----BEGIN [A-Z0-9 ]+-----/.test(value.trim()) ? null : 'Enter PEM text.'),
  client_id: (value) =>
    /^[\x21-\x7e]+$/.test(value) ? null : 'Use printable ASCII characters without spaces.',
  scope: (value) =>
    /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)
      ? null
      : 'Use printable ASCII characters without spaces and quotes.',
  image: (value) =>
    value === '' || isHttpUrl(value) || /^\/[^/\\]/.test(value)
      ? null
      : 'Enter an address or a path on this server.',
};

const isHttpUrl = (value: string): boolean => {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (
    (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === ''
  );
};

const textSchema = (spec: FieldSpec & { kind: 'text' }): z.ZodType =>
  z
    .string()
    .min(spec.min)
    .max(spec.max)
    .superRefine((value, context) => {
      if (controlCharacter.test(value) || (!spec.multiline && lineBreak.test(value)))
        context.addIssue({ code: 'custom', message: 'Control characters are not allowed.' });
      const complaint = spec.format && (value !== '' || spec.min > 0) ? formats[spec.format](value) : null;
      if (complaint) context.addIssue({ code: 'custom', message: complaint });
    });

const reference = z.uuid();

const noRepetition = <T extends z.ZodType<readonly string[]>>(schema: T): z.ZodType =>
  schema.refine((values) => new Set(values).size === values.length, {
    message: 'Each value may stand only once.',
  });

/** Deep JSON object: own keys only, so that `__proto__` stays an inert key. */
const jsonObject = z
  .record(z.string(), z.json())
  .refine((value) => JSON.stringify(value).length <= 64 * 1024, {
    message: 'The object is larger than 64 KB.',
  });

/** A span of time as people write it. */
export const durationText = z
  .string()
  .max(100)
  .refine((value) => (parseDuration(value) ?? -1) >= 0, {
    message: 'Write a duration such as hours=1;minutes=30.',
  });

const valueSchema = (spec: FieldSpec, stored: boolean): z.ZodType => {
  switch (spec.kind) {
    case 'text':
      return stored ? z.string() : textSchema(spec);
    case 'flag':
      return z.boolean();
    case 'number':
      return stored ? z.int() : z.int32().min(spec.min).max(spec.max);
    case 'duration':
      return stored ? z.string() : durationText;
    case 'choice':
      return z.enum(spec.values);
    case 'choices':
      return noRepetition(z.array(z.enum(spec.values)));
    case 'secret':
      return stored
        ? secretRef
        : z.union([
            z.instanceof(Secret),
            z
              .string()
              .min(1)
              .max(16 * 1024)
              .transform((value) => new Secret(value)),
          ]);
    case 'ref':
      return reference;
    case 'refs':
      return noRepetition(z.array(reference).max(1000));
    case 'texts':
      return z.array(z.string().min(1).max(1000)).max(spec.maxItems);
    case 'list':
      return z.array(objectSchema(spec.fields, stored)).max(spec.maxItems);
    case 'json':
      return jsonObject;
    case 'condition':
      return conditionSchema;
  }
};

/** Schema of one field's value, null included where allowed. `stored` checks shape only: limits may tighten later. */
export const fieldSchema = (spec: FieldSpec, stored: boolean): z.ZodType => {
  const schema = valueSchema(spec, stored);
  return spec.nullable ? schema.nullable() : schema;
};

const objectSchema = (fields: Readonly<Record<string, FieldSpec>>, stored: boolean): z.ZodType =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([name, spec]) => {
        const schema = fieldSchema(spec, stored);
        return [
          name,
          !stored && spec.initial !== undefined
            ? schema.default(() => structuredClone(spec.initial))
            : schema,
        ];
      }),
    ),
  );
