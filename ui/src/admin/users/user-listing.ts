import type { FieldSpec, ModelDescription } from '../model/description.js';
import type { Listing } from '../model/listing.js';

const common = { nullable: false, immutable: false, required: false } as const;
const text = (max: number, initial: string): FieldSpec => ({
  ...common,
  kind: 'text',
  min: 0,
  max,
  multiline: false,
  format: null,
  initial,
});
const flag = (initial: boolean): FieldSpec => ({ ...common, kind: 'flag', initial });
const shownOnly = { ...common, immutable: true, nullable: true, initial: null } as const;
const userTypes = ['internal', 'external', 'service_account', 'internal_service_account'];

const fields: Readonly<Record<string, FieldSpec>> = {
  username: {
    ...common,
    kind: 'text',
    min: 1,
    max: 150,
    multiline: false,
    format: null,
    required: true,
  },
  name: text(200, ''),
  email: text(254, ''),
  type: { ...common, kind: 'choice', typeName: 'UserType', values: userTypes, initial: 'internal' },
  path: text(500, 'users'),
  isActive: flag(true),
  attributes: { ...common, kind: 'json', initial: {} },
  number: { ...shownOnly, kind: 'number', min: 0, max: 2_147_483_647 },
  lastLogin: { ...shownOnly, kind: 'moment' },
  hasPassword: { ...shownOnly, kind: 'flag' },
  passwordChangedAt: { ...shownOnly, kind: 'moment' },
  isSuperuser: { ...shownOnly, kind: 'flag' },
};

const api = {
  single: 'user',
  list: 'users',
  create: 'createUser',
  update: 'updateUser',
  remove: 'deleteUser',
  payload: 'user',
} as const;

/** Users are no declared model, but they are listed, shown and edited like one. */
export const userModel: ModelDescription = {
  name: 'user',
  typeName: 'User',
  family: null,
  kind: null,
  category: 'user',
  label: 'username',
  traits: [],
  fields,
  when: {},
  requiredWhenRelevant: [],
  form: [
    { title: 'main', open: true, fields: ['username', 'name', 'email'] },
    { title: 'account', open: true, fields: ['type', 'path', 'isActive'] },
    { title: 'attributes', fields: ['attributes'] },
  ],
  list: {
    columns: ['username', 'name', 'email', 'type', 'isActive', 'lastLogin'],
    filter: ['isActive', 'types', 'path', 'groupId'],
    search: ['username', 'name', 'email'],
    order: ['username', 'name', 'lastLogin'],
  },
  api,
};

export const userListing: Listing = {
  name: 'user',
  typeName: 'User',
  isFamily: false,
  kinds: [userModel],
  columns: userModel.list.columns,
  filters: [
    { name: 'isActive', spec: flag(true) },
    { name: 'types', spec: { ...common, kind: 'choices', typeName: 'UserType', values: userTypes } },
    { name: 'path', spec: text(500, '') },
    { name: 'groupId', spec: { ...common, kind: 'ref', target: 'group', onDelete: '' } },
  ],
  searchable: true,
  order: userModel.list.order,
  identity: 'id displayName: username revision createdAt changedAt canImpersonate canErase canHold',
  detail: 'legalHolds { id matter reason placedAt placedBy { id username } }',
  revisions: false,
  usages: false,
  api,
};
