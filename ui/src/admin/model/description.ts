import generated from '../../generated/models.json';

interface Common {
  readonly nullable: boolean;
  readonly initial?: unknown;
  readonly immutable: boolean;
  readonly required: boolean;
}

/** What a form, a table and a filter need to know of a field. The same kinds as in the declarations. */
export type FieldSpec = Common &
  (
    | {
        readonly kind: 'text';
        readonly min: number;
        readonly max: number;
        readonly multiline: boolean;
        readonly format: string | null;
      }
    | { readonly kind: 'flag' }
    | { readonly kind: 'number'; readonly min: number; readonly max: number }
    | { readonly kind: 'duration' }
    | { readonly kind: 'choice' | 'choices'; readonly typeName: string; readonly values: readonly string[] }
    | { readonly kind: 'secret'; readonly generated: boolean }
    | { readonly kind: 'ref' | 'refs'; readonly target: string; readonly onDelete: string }
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
    | { readonly kind: 'moment' }
  );

export type FieldKind = FieldSpec['kind'];
export type SpecOf<K extends FieldKind> = Extract<FieldSpec, { readonly kind: K }>;

export interface Section {
  readonly title: string;
  readonly open?: boolean;
  readonly fields: readonly string[];
}

interface ListOptions {
  readonly columns: readonly string[];
  readonly filter: readonly string[];
  readonly search: readonly string[];
  readonly order: readonly string[];
}

/** One kind of object: how it is created, changed and shown. */
export interface ModelDescription {
  readonly name: string;
  readonly typeName: string;
  readonly family: string | null;
  readonly kind: string | null;
  readonly category: string;
  readonly label: string;
  readonly traits: readonly string[];
  readonly fields: Readonly<Record<string, FieldSpec>>;
  readonly when: Readonly<Record<string, Readonly<Record<string, readonly (string | boolean)[]>>>>;
  readonly requiredWhenRelevant: readonly string[];
  readonly form: readonly Section[];
  readonly list: ListOptions;
  readonly api: {
    readonly single: string;
    readonly list: string;
    readonly create: string;
    readonly update: string;
    readonly remove: string;
    readonly payload: string;
  };
}

interface FamilyDescription {
  readonly name: string;
  readonly typeName: string;
  readonly kinds: readonly string[];
  readonly list: ListOptions;
  readonly api: { readonly single: string; readonly list: string; readonly remove: string };
}

const described = generated as unknown as {
  readonly models: readonly ModelDescription[];
  readonly families: readonly FamilyDescription[];
};

export const models: readonly ModelDescription[] = described.models;
export const families: readonly FamilyDescription[] = described.families;

/** Name of the API's field that holds the ids of a set of references. */
export const idsField = (name: string): string => `${name.replace(/s$/, '')}Ids`;
