import { text } from '../kernel/field.js';
import { defineFamily } from '../kernel/model.js';

/** Rules that decide whether something applies to somebody. One name space for all kinds. */
export const policy = defineFamily('policy', {
  fields: { name: text() },
  label: 'name',
  unique: ['name'],
  list: { columns: ['name'], search: ['name'], order: ['name'] },
});
