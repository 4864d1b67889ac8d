import type { FieldProblem } from '../../client/api-error.js';
import { hasMessage, t } from '../../messages/t.js';
import type { FieldSpec, ModelDescription } from '../model/description.js';

/** What is wrong, by path: `slug`, `redirectUris.0.url`. */
export type Problems = Readonly<Record<string, string>>;

const specAt = (model: ModelDescription, path: string): FieldSpec | undefined => {
  const [first = '', ...rest] = path.split('.');
  const spec = model.fields[first];
  const inner = rest.at(-1);
  return spec?.kind === 'list' && inner !== undefined ? spec.fields[inner] : spec;
};

/** A complaint in the words of the form. Rules of a model bring their own words. */
const wordsOf = (model: ModelDescription, { path, code, message }: FieldProblem): string => {
  const spec = specAt(model, path);
  const limits = spec?.kind === 'text' || spec?.kind === 'number' ? { min: spec.min, max: spec.max } : {};
  if (code === 'TOO_SMALL' && spec?.kind === 'text' && spec.min <= 1) return t('problem.required');
  const key = `problem.${code}${spec === undefined ? '' : `.${spec.kind}`}`;
  if (hasMessage(key)) return t(key, limits);
  const general = `problem.${code}`;
  return hasMessage(general) ? t(general, limits) : message;
};

/** Complaints of the server, placed at the fields they are about. */
export const problemsOf = (model: ModelDescription, fields: readonly FieldProblem[]): Problems => {
  const problems: Record<string, string> = {};
  for (const field of fields) problems[field.path] ??= wordsOf(model, field);
  return problems;
};

/** Complaints that no field of the model can show. */
export const unplaced = (model: ModelDescription, problems: Problems): readonly string[] =>
  Object.entries(problems)
    .filter(([path]) => model.fields[path.split('.')[0] ?? ''] === undefined)
    .map(([, words]) => words);

/** The first complaint about a field itself or something inside it. */
export const problemAt = (problems: Problems, field: string): string | null =>
  problems[field] ?? Object.entries(problems).find(([path]) => path.startsWith(`${field}.`))?.[1] ?? null;
