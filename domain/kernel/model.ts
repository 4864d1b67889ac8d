import type { z } from 'zod';
import type { Field, FieldSpec, InputOf, OptionalOf, StoredOf } from './field.js';
import type { Personal } from './personal.js';

export type Fields = Readonly<Record<string, Field>>;

export type StateOf<F extends Fields> = { readonly [K in keyof F]: StoredOf<F[K]> };
type OptionalKeys<F extends Fields> = { [K in keyof F]: OptionalOf<F[K]> extends true ? K : never }[keyof F];
/** What a create takes: fields with a default may be left out. */
export type CreateInput<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: InputOf<F[K]>;
} & {
  readonly [K in OptionalKeys<F>]?: InputOf<F[K]>;
};
/** What an update takes: any field may be left out, none is `undefined`. */
export type UpdateInput<F extends Fields> = { readonly [K in keyof F]?: InputOf<F[K]> };

type Name<F extends Fields> = keyof F & string;

/** A uniqueness rule. `when` limits it to objects for which a flag is true ("one default only"). */
export type Unique<F extends Fields> =
  Name<F> | { readonly fields: readonly Name<F>[] } | { readonly onlyOne: Name<F> };

/** A rule over the whole state, checked on writes that touch one of its fields. */
export interface Rule<F extends Fields> {
  readonly fields: readonly Name<F>[];
  readonly code: string;
  readonly message: string;
  readonly holds: (state: StateOf<F>) => boolean;
}

/**
 * Turns fields as one version stored them into those of the next. Gets whole states and parts of them, and the kind in a
 * family.
 */
export type ValuesUpcaster = (
  values: Readonly<Record<string, unknown>>,
  kind: string | null,
) => Readonly<Record<string, unknown>>;

/** An event of a model beyond created, changed and deleted, with how it changes the state. */
export interface Special<F extends Fields, Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly version: number;
  readonly shape: Shape;
  readonly apply: (state: StateOf<F>, data: z.output<z.ZodObject<Shape>>) => StateOf<F>;
}

export interface Section<F extends Fields> {
  readonly title: string;
  /** Sections that are not open show their title only until somebody asks. */
  readonly open?: boolean;
  readonly fields: readonly Name<F>[];
}

/** Which other fields must hold one of these values for a field to matter. */
export type Relevance<F extends Fields> = {
  readonly [K in Name<F>]?: { readonly [Other in Name<F>]?: readonly (string | boolean)[] };
};

export interface ListOptions<F extends Fields> {
  readonly columns?: readonly Name<F>[];
  readonly filter?: readonly Name<F>[];
  readonly search?: readonly Name<F>[];
  readonly order?: readonly Name<F>[];
}

export interface ModelOptions<F extends Fields> {
  readonly fields: F;
  /** Field shown wherever the object is named. */
  readonly label: Name<F>;
  readonly unique?: readonly Unique<F>[];
  readonly rules?: readonly Rule<F>[];
  readonly when?: Relevance<F>;
  /** Fields that must not be empty while `when` makes them relevant. */
  readonly required?: readonly Name<F>[];
  /** Permissions beyond view, add, change, delete (and view secret): verbs such as `test`. */
  readonly permissions?: readonly string[];
  /** Roles in which references may name this model, e.g. `bindable`. */
  readonly traits?: readonly string[];
  readonly specials?: Readonly<Record<string, Special<NoInfer<F>>>>;
  /** One for each changed shape of the fields, from version 1 on. Of a family only the family has them. */
  readonly upcasters?: readonly ValuesUpcaster[];
  readonly form?: readonly Section<F>[];
  readonly list?: ListOptions<F>;
  /** GraphQL type name when the derived one reads badly. */
  readonly typeName?: string;
  /** Objects belong to people, and others see those that are shared. */
  readonly personal?: Personal<Name<F>>;
}

/** A declared model: everything the product derives for one kind of object comes from here. */
export interface Model<F extends Fields = Fields> {
  /** `application`, or `stage.password` for a kind of a family. */
  readonly name: string;
  /** Stream and event prefix: `application`, `stage`, `stagebinding`. */
  readonly category: string;
  readonly family: Family | null;
  readonly kind: string | null;
  readonly typeName: string;
  /** The part of permission names after the verb: `application`, `password_stage`. */
  readonly permissionName: string;
  readonly fields: F;
  readonly specs: Readonly<Record<string, FieldSpec>>;
  readonly label: string;
  readonly unique: readonly Unique<Fields>[];
  readonly rules: readonly Rule<Fields>[];
  readonly when: Relevance<Fields>;
  readonly required: readonly string[];
  readonly permissions: readonly string[];
  readonly traits: readonly string[];
  readonly specials: Readonly<Record<string, Special<Fields>>>;
  readonly upcasters: readonly ValuesUpcaster[];
  readonly form: readonly Section<Fields>[];
  readonly list: Required<ListOptions<Fields>>;
  readonly personal: Personal | null;
}

export interface Family<Base extends Fields = Fields> {
  readonly name: string;
  readonly typeName: string;
  /** Fields that every kind has; the GraphQL interface shows these. */
  readonly base: Base;
  readonly list: Required<ListOptions<Fields>>;
}

const reserved = [
  'id',
  'kind',
  'revision',
  'createdAt',
  'changedAt',
  'history',
  'asOf',
  'usedBy',
  'position',
  'model',
  'displayName',
  'set',
  'was',
  '__proto__',
];

const pascal = (name: string): string =>
  name
    .split(/[._]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

const assemble = (
  options: ModelOptions<Fields>,
  naming: Pick<Model, 'name' | 'category' | 'family' | 'kind' | 'permissionName'> & { typeName: string },
): Model => {
  for (const name of Object.keys(options.fields))
    if (reserved.includes(name)) throw new Error(`${naming.name}: the field name ${name} is reserved`);
  const specs = Object.fromEntries(Object.entries(options.fields).map(([name, field]) => [name, field.spec]));
  const hasSecret = Object.values(specs).some((spec) => spec.kind === 'secret');
  const verbs = ['view', 'add', 'change', 'delete', ...(options.permissions ?? [])];
  return {
    ...naming,
    typeName: options.typeName ?? naming.typeName,
    fields: options.fields,
    specs,
    label: options.label,
    unique: options.unique ?? [],
    rules: options.rules ?? [],
    when: options.when ?? {},
    required: options.required ?? [],
    permissions: [
      ...verbs.map((verb) => `${verb}_${naming.permissionName}`),
      ...(hasSecret ? [`view_${naming.permissionName}_secret`] : []),
    ],
    traits: options.traits ?? [],
    specials: options.specials ?? {},
    upcasters: options.upcasters ?? [],
    form: options.form ?? [
      { title: 'main', open: true, fields: Object.keys(specs).filter((name) => !specs[name]!.internal) },
    ],
    list: listOptions(options),
    personal: options.personal ?? null,
  };
};

const listOptions = (options: ModelOptions<Fields>): Required<ListOptions<Fields>> => ({
  columns: options.list?.columns ?? [options.label],
  filter: options.list?.filter ?? [],
  search: options.list?.search ?? [options.label],
  order: options.list?.order ?? [options.label],
});

/** Declares a model. The name is snake case; events are `<name without underscores>.created`, `.changed`, `.deleted`. */
export const defineModel = <const F extends Fields>(name: string, options: ModelOptions<F>): Model<F> =>
  assemble(options as unknown as ModelOptions<Fields>, {
    name,
    category: name.replaceAll('_', ''),
    family: null,
    kind: null,
    typeName: pascal(name),
    permissionName: name,
  }) as unknown as Model<F>;

type FamilyOptions<B extends Fields> = Pick<
  ModelOptions<B>,
  'fields' | 'label' | 'unique' | 'list' | 'traits' | 'rules' | 'form' | 'upcasters'
>;

/** A family of models that share one name space, one category and some fields; references may point at the family. */
export interface FamilyBuilder<B extends Fields> {
  readonly family: Family<B>;
  /** Declares one kind. Rules, uniqueness, permissions and traits add up with the family's; form and list replace them. */
  readonly kind: <const F extends Fields>(
    kind: string,
    options: Omit<ModelOptions<B & F>, 'fields' | 'label' | 'upcasters'> & {
      readonly fields: F;
      readonly label?: never;
    },
  ) => Model<B & F>;
}

export const defineFamily = <const B extends Fields>(
  name: string,
  options: FamilyOptions<B>,
): FamilyBuilder<B> => {
  const base = options as unknown as ModelOptions<Fields>;
  const family: Family<B> = {
    name,
    typeName: pascal(name),
    base: options.fields,
    list: listOptions(base),
  };
  return {
    family,
    kind: (kind, given) => {
      const own = given as unknown as ModelOptions<Fields>;
      for (const field of Object.keys(own.fields))
        if (field in base.fields)
          throw new Error(`${name}.${kind}: ${field} is a field of the family already`);
      const merged: ModelOptions<Fields> = {
        ...own,
        fields: { ...base.fields, ...own.fields },
        label: base.label,
        unique: [...(base.unique ?? []), ...(own.unique ?? [])],
        rules: [...(base.rules ?? []), ...(own.rules ?? [])],
        traits: [...(base.traits ?? []), ...(own.traits ?? [])],
        upcasters: base.upcasters ?? [],
        ...((own.form ?? base.form) ? { form: (own.form ?? base.form)! } : {}),
        ...((own.list ?? base.list) ? { list: (own.list ?? base.list)! } : {}),
      };
      return assemble(merged, {
        name: `${name}.${kind}`,
        category: name,
        family: family,
        kind,
        typeName: pascal(`${kind}_${name}`),
        permissionName: `${kind}_${name}`,
      }) as never;
    },
  };
};
