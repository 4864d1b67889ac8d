import { printSchema } from 'graphql';
import { expect, it } from 'vitest';
import { buildSchema } from '../../../api/graphql/schema.js';
import { describeModel } from '../../../domain/kernel/describe.js';
import { choice, flag, maybeRef, secret, text } from '../../../domain/kernel/field.js';
import { defineModel, type Model } from '../../../domain/kernel/model.js';
import { modelEventTypes } from '../../../domain/kernel/model-events.js';
import { families, models } from '../../../domain/models.generated.js';

const parcel = defineModel('parcel', {
  fields: {
    name: text(),
    state: choice('ParcelState', ['packed', 'sent']),
    fragile: flag({ default: false }),
    owner: maybeRef('group'),
    key: secret({ nullable: true }),
  },
  label: 'name',
  unique: ['name'],
  permissions: ['send'],
  list: { columns: ['name'], filter: ['state'], search: ['name'], order: ['name'] },
}) as unknown as Model;

it('one declaration gives events, GraphQL, permissions and what forms need', () => {
  expect(Object.keys(modelEventTypes([parcel]))).toEqual([
    'parcel.created',
    'parcel.changed',
    'parcel.deleted',
  ]);
  const schema = buildSchema([...models, parcel], families);
  const [query, mutation] = [schema.getQueryType()!.getFields(), schema.getMutationType()!.getFields()];
  for (const field of ['parcel', 'parcels']) expect(query).toHaveProperty(field);
  for (const [field, permission] of [
    ['createParcel', 'add_parcel'],
    ['updateParcel', 'change_parcel'],
    ['deleteParcel', 'delete_parcel'],
    ['viewParcelSecret', 'view_parcel_secret'],
  ] as const)
    expect(mutation[field]?.extensions['access'], field).toMatchObject({ kind: 'permission', permission });
  const sdl = printSchema(schema);
  expect(sdl).toMatch(/type Parcel implements Model \{[^}]*fragile: Boolean!/);
  expect(sdl).toMatch(/type Parcel implements Model \{[^}]*ownerId: ID/);
  expect(sdl).toMatch(/type Parcel implements Model \{[^}]*key: StoredSecret/);
  expect(sdl).toMatch(/input ParcelFilter \{[^}]*state: /);
  expect(describeModel(parcel)).toMatchObject({
    label: 'name',
    fields: { name: { kind: 'text', required: true }, owner: { kind: 'ref', target: 'group' } },
    api: { list: 'parcels', create: 'createParcel' },
  });
});
