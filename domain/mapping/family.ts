import { text } from '../kernel/field.js';
import { defineFamily } from '../kernel/model.js';

/** Property mappings: what a protocol says of a person. One name space for all kinds. */
export const mapping = defineFamily('mapping', {
  fields: { name: text() },
  label: 'name',
  unique: ['name'],
  list: { columns: ['name'], search: ['name'], order: ['name'] },
});
