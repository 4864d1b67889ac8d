import type { Id } from './ids.js';
import type { SecretRef } from './secret.js';
import type { Secret } from './secret.js';
import type { Condition } from './condition/condition.js';
import type { Target } from './targets.generated.js';

/** What happens to a referring object when the object it refers to is deleted. */
export type OnDelete = 'cascade' | 'restrict' | 'set_null' | 'disconnect';

interface Common {
  readonly nullable: boolean;
  /** Value of a field that a create leaves out; `undefined` when it must be given. */
  readonly initial: unknown;
  /** The field never changes after creation. */
  readonly immutable: boolean;
  /** Set by commands of the product, never by a caller; shown, not edited. */
  readonly internal: boolean;
  /** What objects count as that were stored before the field was declared; `undefined` for a field of the first hour. */
  readonly absent: unknown;
}

/** Plain description of a field: the one source of its schema, GraphQL type, form control and stored shape. */
export type FieldSpec = Common &
  (
    | {
        readonly kind: 'text';
        readonly min: number;
        readonly max: number;
        readonly multiline: boolean;
        readonly format: TextFormat | null;
      }
    | { readonly kind: 'flag' }
    | { readonly kind: 'number'; readonly min: number; readonly max: number }
    | { readonly kind: 'duration' }
    | { readonly kind: 'choice'; readonly typeName: string; readonly values: readonly string[] }
    | { readonly kind: 'choices'; readonly typeName: string; readonly values: readonly string[] }
    | { readonly kind: 'secret'; readonly generated: boolean }
    | { readonly kind: 'ref'; readonly target: Target; readonly onDelete: OnDelete }
    | { readonly kind: 'refs'; readonly target: Target; readonly onDelete: OnDelete }
    | { readonly kind: 'texts'; readonly maxItems: number }
    | {
        readonly kind: 'list';
        readonly typeName: string;
        readonly key: readonly string[];
        readonly fields: Readonly<Record<string, FieldSpec>>;
        readonly maxItems: number;
      }
    | { readonly kind: 'json' }
    | { readonly kind: 'condition'; readonly subject: string }
  );

export type TextFormat =
  'slug' | 'http_url' | 'launch_url' | 'domain' | 'pem' | 'client_id' | 'scope' | 'image';

/** A declared field: its description, and at type level what is stored, what a caller sends, and whether it may be left out. */
export interface Field<Stored = unknown, Input = unknown, Optional extends boolean = boolean> {
  readonly spec: FieldSpec;
  readonly $types?: () => [Stored, Input, Optional];
}

interface Options<T> {
  readonly nullable?: true;
  readonly default?: T | null;
  readonly immutable?: true;
  readonly internal?: true;
  /** Needed by a field that is added to a model of which objects exist: what these count as. */
  readonly absent?: T | null;
}
type Nullable<T, O> = O extends { nullable: true } ? T | null : T;
type Defaulted<O> = O extends { default: unknown } | { nullable: true } | { generated: true } ? true : false;
type FieldOf<Stored, Input, O> = Field<Nullable<Stored, O>, Nullable<Input, O>, Defaulted<O>>;

const common = (options: Options<unknown>): Common => ({
  nullable: options.nullable === true,
  initial: options.default === undefined ? (options.nullable ? null : undefined) : options.default,
  immutable: options.immutable === true,
  internal: options.internal === true,
  absent: options.absent,
});

interface TextOptions extends Options<string> {
  readonly min?: number;
  readonly max?: number;
  readonly multiline?: true;
  readonly format?: TextFormat;
}

/** Text without control characters (line breaks only when `multiline`); 1 to 200 characters unless told. */
export const text = <const O extends TextOptions>(options?: O): FieldOf<string, string, O> => ({
  spec: {
    ...common(options ?? {}),
    kind: 'text',
    min: options?.min ?? 1,
    max: options?.max ?? 200,
    multiline: options?.multiline === true,
    format: options?.format ?? null,
  },
});

/** Letters, digits, hyphen, underscore: a name that stands in addresses. */
export const slug = <const O extends Options<string>>(options?: O): FieldOf<string, string, O> =>
  text({ max: 100, ...options, format: 'slug' } as O & TextOptions);

export const flag = <const O extends Options<boolean>>(options?: O): FieldOf<boolean, boolean, O> => ({
  spec: { ...common(options ?? {}), kind: 'flag' },
});

export const number = <const O extends Options<number> & { min?: number; max?: number }>(
  options?: O,
): FieldOf<number, number, O> => ({
  spec: {
    ...common(options ?? {}),
    kind: 'number',
    min: options?.min ?? 0,
    max: options?.max ?? 2_147_483_647,
  },
});

/** A span of time in the notation `hours=1;minutes=30`. */
export const duration = <const O extends Options<string>>(options?: O): FieldOf<string, string, O> => ({
  spec: { ...common(options ?? {}), kind: 'duration' },
});

/** One of a closed list. The values are legal GraphQL names; `typeName` is the GraphQL enum. */
export const choice = <const V extends readonly string[], const O extends Options<V[number]>>(
  typeName: string,
  values: V,
  options?: O,
): FieldOf<V[number], V[number], O> => ({
  spec: { ...common(options ?? {}), kind: 'choice', typeName, values },
});

/** Several of a closed list, without order or repetition. */
export const choices = <const V extends readonly string[], const O extends Options<readonly V[number][]>>(
  typeName: string,
  values: V,
  options?: O,
): FieldOf<readonly V[number][], readonly V[number][], O> => ({
  spec: { ...common(options ?? {}), kind: 'choices', typeName, values },
});

/** A value that only the vault holds. `generated`: made by the product when a create leaves it out. */
export const secret = <const O extends Options<never> & { generated?: true }>(
  options?: O,
): FieldOf<SecretRef, Secret, O> => ({
  spec: { ...common(options ?? {}), kind: 'secret', generated: options?.generated === true },
});

/** A mandatory reference to a model, a family, one kind (`stage.password`) or a trait (`trait:bindable`). */
export const ref = <const T extends Target>(
  target: T,
  options: { readonly onDelete: 'cascade' | 'restrict'; readonly immutable?: true; readonly absent?: string },
): Field<Id<T>, string, false> => ({
  spec: { ...common(options), kind: 'ref', target, onDelete: options.onDelete },
});

/** A reference that may be empty; it is emptied when its target is deleted, unless told otherwise. */
export const maybeRef = <const T extends Target>(
  target: T,
  options: { readonly onDelete?: OnDelete; readonly immutable?: true; readonly absent?: string | null } = {},
): Field<Id<T> | null, string | null, true> => ({
  spec: {
    ...common({ ...options, nullable: true }),
    kind: 'ref',
    target,
    onDelete: options.onDelete ?? 'set_null',
  },
});

/** A set of references; a deleted target leaves the set. */
export const refs = <const T extends Target>(
  target: T,
  options: { readonly onDelete?: OnDelete; readonly absent?: readonly string[] } = {},
): Field<readonly Id<T>[], readonly string[], true> => ({
  spec: {
    ...common({ ...options, default: [] }),
    kind: 'refs',
    target,
    onDelete: options.onDelete ?? 'disconnect',
  },
});

/** A short list of texts. */
export const texts = (
  options: {
    readonly maxItems?: number;
    readonly internal?: true;
    readonly absent?: readonly string[];
  } = {},
): Field<readonly string[], readonly string[], true> => ({
  spec: {
    ...common({ ...options, default: [] }),
    kind: 'texts',
    maxItems: options.maxItems ?? 100,
  },
});

type FieldRecord = Readonly<Record<string, Field>>;
type ItemOf<F extends FieldRecord> = { readonly [K in keyof F]: StoredOf<F[K]> };

/** A list of small objects; `key` names the fields that identify an item in diffs and merges. */
export const list = <const F extends FieldRecord>(
  typeName: string,
  fields: F,
  options: {
    readonly key: readonly (keyof F & string)[];
    readonly maxItems?: number;
    readonly default?: readonly ItemOf<F>[];
    readonly internal?: true;
    readonly absent?: readonly ItemOf<F>[];
  },
): Field<readonly ItemOf<F>[], readonly ItemOf<F>[], true> => ({
  spec: {
    ...common({ ...options, default: options.default ?? [] }),
    kind: 'list',
    typeName,
    key: options.key,
    fields: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.spec])),
    maxItems: options.maxItems ?? 100,
  },
});

/** A free JSON object. */
export const json = (
  options: { readonly absent?: JsonObject } = {},
): Field<JsonObject, JsonObject, true> => ({
  spec: { ...common({ ...options, default: {} }), kind: 'json' },
});

/** A condition over one kind of record, see `condition.ts`. */
export const condition = (
  subject: string,
  options: { readonly absent?: Condition } = {},
): Field<Condition, Condition, true> => ({
  spec: { ...common({ ...options, default: { all: [] } }), kind: 'condition', subject },
});

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

export type StoredOf<F> = F extends { $types?: () => [infer S, unknown, boolean] } ? S : never;
export type InputOf<F> = F extends { $types?: () => [unknown, infer I, boolean] } ? I : never;
export type OptionalOf<F> = F extends { $types?: () => [unknown, unknown, infer O] } ? O : never;
