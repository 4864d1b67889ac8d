import { mutationField, payloadField, pluralField, singularField } from './api-names.js';
import type { FieldSpec } from './field.js';
import type { Family, Model } from './model.js';

/** What a form, a list and a picker need to know of a model: plain data, written into the user interface at build time. */
export interface ModelDescription {
  readonly name: string;
  readonly typeName: string;
  readonly family: string | null;
  readonly kind: string | null;
  readonly category: string;
  readonly permissionName: string;
  readonly label: string;
  readonly traits: readonly string[];
  readonly fields: Readonly<Record<string, FieldSpec & { readonly required: boolean }>>;
  readonly when: Model['when'];
  readonly requiredWhenRelevant: readonly string[];
  readonly form: Model['form'];
  readonly list: Model['list'];
  readonly api: {
    readonly single: string;
    readonly list: string;
    readonly create: string;
    readonly update: string;
    readonly remove: string;
    readonly payload: string;
  };
}

export interface FamilyDescription {
  readonly name: string;
  readonly typeName: string;
  readonly kinds: readonly string[];
  readonly list: Family['list'];
  readonly api: { readonly single: string; readonly list: string; readonly remove: string };
}

/** The description of one model. */
export const describeModel = (model: Model): ModelDescription => ({
  name: model.name,
  typeName: model.typeName,
  family: model.family?.name ?? null,
  kind: model.kind,
  category: model.category,
  permissionName: model.permissionName,
  label: model.label,
  traits: model.traits,
  fields: Object.fromEntries(
    Object.entries(model.specs).map(([name, spec]) => [
      name,
      { ...spec, required: spec.initial === undefined && !(spec.kind === 'secret' && spec.generated) },
    ]),
  ),
  when: model.when,
  requiredWhenRelevant: model.required,
  form: model.form,
  list: model.list,
  api: {
    single: singularField(model.family ?? model),
    list: pluralField(model.family ?? model),
    create: mutationField('create', model),
    update: mutationField('update', model),
    remove: mutationField('delete', model.family ?? model),
    payload: payloadField(model),
  },
});

/** The description of one family and its kinds. */
export const describeFamily = (family: Family, models: readonly Model[]): FamilyDescription => ({
  name: family.name,
  typeName: family.typeName,
  kinds: models.filter((model) => model.family?.name === family.name).map((model) => model.name),
  list: family.list,
  api: { single: singularField(family), list: pluralField(family), remove: mutationField('delete', family) },
});
