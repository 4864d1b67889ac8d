import { flag, maybeRef, text } from '../kernel/field.js';
import { defineModel } from '../kernel/model.js';

/** Names, pictures and default flows for one domain and the domains below it. */
export const brand = defineModel('brand', {
  fields: {
    domain: text({ max: 253, format: 'domain' }),
    isDefault: flag({ default: false }),
    title: text({ max: 80, default: 'Muniment' }),
    logo: text({ min: 0, max: 500, format: 'image', default: '' }),
    favicon: text({ min: 0, max: 500, format: 'image', default: '' }),
    flowBackground: text({ min: 0, max: 500, format: 'image', default: '' }),
    flowAuthentication: maybeRef('flow'),
    flowInvalidation: maybeRef('flow'),
  },
  label: 'domain',
  unique: ['domain', { onlyOne: 'isDefault' }],
  form: [
    { title: 'main', open: true, fields: ['domain', 'isDefault'] },
    { title: 'branding', open: true, fields: ['title', 'logo', 'favicon', 'flowBackground'] },
    { title: 'default_flows', fields: ['flowAuthentication', 'flowInvalidation'] },
  ],
  list: {
    columns: ['domain', 'title', 'isDefault'],
    search: ['domain', 'title'],
    order: ['domain', 'title'],
  },
});
