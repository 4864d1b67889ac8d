import type { Family, Model } from './model.js';

const camel = (name: string): string =>
  name.replace(/[._](\w)/g, (_, letter: string) => letter.toUpperCase());

const plural = (name: string): string => {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
};

/** Name of the query field for one object: `application`, `stageBinding`, `stage`. */
export const singularField = (thing: Model | Family): string => camel(thing.name);

/** Name of the query field for a list: `applications`, `policies`. */
export const pluralField = (thing: Model | Family): string => plural(camel(thing.name));

/** Name of a mutation: verb and type. */
export const mutationField = (verb: 'create' | 'update' | 'delete', thing: Model | Family): string =>
  `${verb}${thing.typeName}`;

/** Name of the payload field of a mutation on one kind: `application`, `passwordStage`. */
export const payloadField = (thing: Model | Family): string =>
  thing.typeName.charAt(0).toLowerCase() + thing.typeName.slice(1);

/** Name of the mutation that shows a secret of a kind. */
export const viewSecretField = (model: Model): string => `view${model.typeName}Secret`;
