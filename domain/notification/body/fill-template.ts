import type { Json } from '../../kernel/field.js';

const pick = /\{\{\s*([\w.]+)\s*\}\}/g;
const onlyPick = /^\{\{\s*([\w.]+)\s*\}\}$/;

const valueAt = (values: Json, path: string): Json => {
  let value: Json = values;
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return null;
    value = (value as { readonly [key: string]: Json })[name]!;
  }
  return value;
};

const textOf = (value: Json): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** A text in which each `{{path}}` has given way to the value at that path; empty where there is none. */
export const fillText = (text: string, values: Json): string =>
  text.replace(pick, (_whole, path: string) => textOf(valueAt(values, path)));

/**
 * A JSON template whose texts are filled. A text that is one `{{path}}` and nothing else becomes the value itself, whatever
 * its type. What is filled in is never looked at for further places.
 */
export const fillTemplate = (template: Json, values: Json): Json => {
  if (typeof template === 'string') {
    const path = onlyPick.exec(template)?.[1];
    return path === undefined ? fillText(template, values) : valueAt(values, path);
  }
  if (Array.isArray(template)) return template.map((item: Json) => fillTemplate(item, values));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, fillTemplate(value, values)]),
  );
};
