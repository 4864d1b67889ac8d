import { choice, flag, maybeRef, slug, text } from '../kernel/field.js';
import { defineModel } from '../kernel/model.js';
import { policyEngineModes } from '../policy/engine-mode.js';

/** Slugs that would collide with protocol paths below `/application/o/`. */
const reservedSlugs = ['authorize', 'token', 'device', 'userinfo', 'introspect', 'revoke', 'par'];

/** What people see in their library and what policies guard. */
export const application = defineModel('application', {
  fields: {
    name: text(),
    slug: slug(),
    group: text({ min: 0, default: '' }),
    provider: maybeRef('provider'),
    policyEngineMode: choice('PolicyEngineMode', policyEngineModes, { default: 'any' }),
    launchUrl: text({ min: 0, max: 2000, format: 'launch_url', default: '' }),
    openInNewTab: flag({ default: false }),
    icon: text({ min: 0, max: 500, format: 'image', default: '' }),
    publisher: text({ min: 0, default: '' }),
    description: text({ min: 0, max: 2000, multiline: true, default: '' }),
    hidden: flag({ default: false }),
  },
  label: 'name',
  unique: ['slug', 'provider'],
  rules: [
    {
      fields: ['slug'],
      code: 'RESERVED',
      message: 'This slug is part of a protocol address.',
      holds: (state) => !reservedSlugs.includes(state.slug),
    },
  ],
  traits: ['bindable'],
  form: [
    { title: 'main', open: true, fields: ['name', 'slug', 'group', 'provider', 'policyEngineMode'] },
    { title: 'library', fields: ['launchUrl', 'openInNewTab', 'icon', 'publisher', 'description', 'hidden'] },
  ],
  list: {
    columns: ['name', 'slug', 'group', 'provider'],
    filter: ['group', 'provider', 'hidden'],
    search: ['name', 'slug', 'group', 'publisher'],
    order: ['name', 'slug', 'group'],
  },
});
