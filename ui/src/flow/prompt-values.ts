import type { PromptField } from './challenge.js';

/** Kinds that only show something; the server sets their value. */
const displayed = new Set(['separator', 'static', 'hidden', 'text_read_only', 'text_area_read_only']);

/** The answer to a prompt: one key per field that a person can fill in. */
export const readPrompt = (
  fields: readonly PromptField[],
  data: FormData,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    fields
      .filter((field) => !displayed.has(field.type))
      .map((field) => [
        field.field_key,
        field.type === 'checkbox' ? data.has(field.field_key) : (data.get(field.field_key) ?? ''),
      ]),
  );

const completions: Readonly<Record<string, string>> = {
  name: 'name',
  first_name: 'given-name',
  last_name: 'family-name',
  given_name: 'given-name',
  family_name: 'family-name',
  phone: 'tel',
  organization: 'organization',
};

/** What a browser may fill in. Kinds of their own say it themselves. */
export const completionOf = (field: PromptField): string => {
  if (field.type === 'username' || field.type === 'email') return field.type;
  return completions[field.field_key] ?? 'on';
};
