import { text } from '../../kernel/field.js';
import { defineModel } from '../../kernel/model.js';

/** A named bundle of permissions; groups carry roles. */
export const role = defineModel('role', {
  fields: { name: text({ max: 150 }) },
  label: 'name',
  unique: ['name'],
});
