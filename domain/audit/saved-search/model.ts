import { flag, ref, text } from '../../kernel/field.js';
import { defineModel } from '../../kernel/model.js';

/**
 * A view of the event log that somebody comes back to. `view` is the state of the page as its address holds it. Like every
 * setting it is stored in clear: a search that names a person does so by his id.
 */
export const savedSearch = defineModel('saved_search', {
  fields: {
    name: text(),
    view: text({ min: 0, max: 4500 }),
    owner: ref('user', { onDelete: 'cascade', immutable: true }),
    shared: flag({ default: false }),
  },
  label: 'name',
  personal: { owner: 'owner', shared: 'shared', audience: 'event' },
  unique: [],
  form: [{ title: 'main', open: true, fields: ['name', 'view', 'owner', 'shared'] }],
  list: {
    columns: ['name', 'owner', 'shared', 'view'],
    filter: ['owner', 'shared'],
    search: ['name'],
    order: ['name'],
  },
});
