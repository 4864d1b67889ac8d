import { flag, json, refs, text } from '../../kernel/field.js';
import { defineModel } from '../../kernel/model.js';

/** People put together. Members of a group count as members of its parents. */
export const group = defineModel('group', {
  fields: {
    name: text(),
    isSuperuser: flag({ default: false }),
    parents: refs('group'),
    roles: refs('role'),
    attributes: json(),
  },
  label: 'name',
  unique: ['name'],
  list: {
    columns: ['name', 'parents', 'isSuperuser'],
    filter: ['isSuperuser'],
    search: ['name'],
    order: ['name'],
  },
});
