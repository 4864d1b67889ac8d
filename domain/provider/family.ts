import { maybeRef, ref, text } from '../kernel/field.js';
import { defineFamily } from '../kernel/model.js';

/** Protocol ends that applications use. One name space for all kinds. */
export const provider = defineFamily('provider', {
  fields: {
    name: text(),
    authenticationFlow: maybeRef('flow'),
    authorizationFlow: ref('flow', { onDelete: 'restrict' }),
    invalidationFlow: maybeRef('flow'),
  },
  label: 'name',
  unique: ['name'],
  list: { columns: ['name'], search: ['name'], order: ['name'] },
});
