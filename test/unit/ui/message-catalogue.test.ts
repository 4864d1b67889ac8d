import { describe, expect, it } from 'vitest';
import { auditFieldLabel, auditValueLabel } from '../../../ui/src/admin/events/labels.js';
import { auditFields, auditValues } from '../../../ui/src/admin/model/condition.js';
import { models, type FieldSpec } from '../../../ui/src/admin/model/description.js';
import {
  fieldLabel,
  loggedFieldLabel,
  modelHelp,
  modelLabel,
  modelPlural,
  sectionTitle,
  valueLabel,
} from '../../../ui/src/admin/model/labels.js';
import { listings } from '../../../ui/src/admin/model/listing.js';
import { hasMessage } from '../../../ui/src/messages/t.js';
import { tokenEvents } from '../../../domain/access/token/events.js';
import { userEvents } from '../../../domain/directory/user/events.js';
import { errorTexts } from '../../../domain/kernel/errors.js';

/** Labels fall back to what they are asked for: then the catalogue has no text. */
const untranslated = (label: (name: string) => string, names: readonly string[]): string[] =>
  names.filter((name) => label(name) === name);

const fieldsWithin = (fields: Readonly<Record<string, FieldSpec>>, prefix = ''): [string, FieldSpec][] =>
  Object.entries(fields).flatMap(([name, spec]) => [
    [prefix + name, spec] as [string, FieldSpec],
    ...(spec.kind === 'list' ? fieldsWithin(spec.fields, `${prefix}${name}.`) : []),
  ]);

describe.each(models)('$name', (model) => {
  it('has a text for everything that a person sees of it', () => {
    const fields = fieldsWithin(model.fields);
    expect(untranslated(modelLabel, [model.name])).toEqual([]);
    expect(modelHelp(model.name)).not.toBeNull();
    expect(
      untranslated(
        sectionTitle,
        model.form.map(({ title }) => title),
      ),
    ).toEqual([]);
    expect(
      untranslated(
        (name) => fieldLabel(model.name, name),
        fields.map(([name]) => name),
      ),
    ).toEqual([]);
    for (const [, spec] of fields)
      if (spec.kind === 'choice' || spec.kind === 'choices')
        expect(untranslated((value) => valueLabel(spec.typeName, value), spec.values)).toEqual([]);
  });
});

it('names every list', () => {
  expect(
    untranslated(
      modelPlural,
      listings.map(({ name }) => name),
    ),
  ).toEqual([]);
});

it('names every field and value of the event log', () => {
  expect(untranslated(auditFieldLabel, auditFields)).toEqual([]);
  for (const [field, values] of Object.entries(auditValues))
    expect(untranslated((value) => auditValueLabel(field, value), values ?? [])).toEqual([]);
});

it('has words for every refusal', () => {
  expect(Object.keys(errorTexts).filter((code) => !hasMessage(`error.${code}`))).toEqual([]);
});

it('what the log calls a field has a text, also where no form has it', () => {
  const created = (type: { readonly shape: object }, ...hidden: string[]): string[] =>
    Object.keys(type.shape).filter((field) => !hidden.includes(field));
  const logged: Readonly<Record<string, readonly string[]>> = {
    user: created(userEvents['user.created'], 'userId'),
    token: created(tokenEvents['token.created'], 'tokenId', 'keyHash'),
    group: ['users'],
    consent: ['scopes'],
    sink: ['state'],
    ssfstream: ['status', 'subjects'],
  };
  expect(
    Object.entries(logged).flatMap(([category, fields]) =>
      untranslated((field) => loggedFieldLabel(category, null, field), fields).map(
        (field) => `${category}.${field}`,
      ),
    ),
  ).toEqual([]);
  const ofModels = models.flatMap((model) =>
    untranslated(
      (field) => loggedFieldLabel(model.category, model.kind ?? null, field),
      Object.keys(model.fields),
    ),
  );
  expect(ofModels).toEqual([]);
});
