import { text } from '../kernel/field.js';
import { defineFamily } from '../kernel/model.js';

/** The steps that flows are made of. One name space for all kinds. */
export const stage = defineFamily('stage', {
  fields: { name: text() },
  label: 'name',
  unique: ['name'],
  list: { columns: ['name'], search: ['name'], order: ['name'] },
});
