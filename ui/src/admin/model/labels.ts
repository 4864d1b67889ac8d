import { hasMessage, t } from '../../messages/t.js';
import { listingOfCategory, modelNamed } from './listing.js';

/** The text of the first key that the catalogue has. */
const firstOf = (...keys: readonly string[]): string | null => {
  const key = keys.find(hasMessage);
  return key === undefined ? null : t(key);
};

/** `password stage`, `application`. */
export const modelLabel = (model: string): string => firstOf(`model.${model}`) ?? model;

/** `stages`, `applications`. */
export const modelPlural = (model: string): string => firstOf(`model.${model}.plural`) ?? model;

/** A name as it stands inside a sentence; abbreviations keep their capitals. */
const inSentence = (name: string): string =>
  /^\p{Lu}\p{Ll}/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;

export const modelWord = (model: string): string => inSentence(modelLabel(model));
export const modelWords = (model: string): string => inSentence(modelPlural(model));

/** What objects of a kind are for, in a sentence. */
export const modelHelp = (model: string): string | null => firstOf(`model.${model}.help`);

const familyOf = (model: string): string => model.split('.')[0] ?? model;

export const fieldLabel = (model: string, field: string): string =>
  firstOf(`${model}.${field}`, `${familyOf(model)}.${field}`, `field.${field}`) ?? field;

export const fieldHelp = (model: string, field: string): string | null =>
  firstOf(`${model}.${field}.help`, `${familyOf(model)}.${field}.help`);

export const sectionTitle = (title: string): string => firstOf(`section.${title}`) ?? title;

/** One value of a closed list. The kinds of a family read like their model. */
export const valueLabel = (typeName: string, value: string, family = ''): string =>
  firstOf(typeName === 'kind' ? `model.${family}.${value}` : `enum.${typeName}.${value}`) ?? value;

/** What the log calls a field, whatever kind of object the entry is about. */
export const loggedFieldLabel = (category: string | null, kind: string | null, field: string): string => {
  const model = category === null ? null : (listingOfCategory(category)?.name ?? category);
  const models = [kind === null ? null : `${model ?? ''}.${kind}`, model].filter((name) => name !== null);
  return firstOf(...models.map((name) => `${name}.${field}`), `field.${field}`) ?? field;
};

/** Name of a kind of object for the log, which knows categories. */
export const categoryLabel = (category: string, model: string | undefined): string =>
  firstOf(`model.${model ?? category}`, `category.${category}`) ?? category;

/** How an object is called on its own: what is named by a number says what it is. */
export const objectName = (model: string, displayName: string): string => {
  const described = modelNamed(model);
  return described?.fields[described.label]?.kind === 'number'
    ? t('object.numbered', { kind: modelLabel(model), number: displayName })
    : displayName;
};
