import { choice, slug, text } from '../kernel/field.js';
import { defineModel } from '../kernel/model.js';
import { policyEngineModes } from '../policy/engine-mode.js';

export const flowDesignations = [
  'authentication',
  'authorization',
  'invalidation',
  'enrollment',
  'unenrollment',
  'recovery',
  'stage_configuration',
] as const;
export type FlowDesignation = (typeof flowDesignations)[number];

/** An ordered chain of stages that a person goes through. */
export const flow = defineModel('flow', {
  fields: {
    name: text(),
    slug: slug(),
    title: text(),
    designation: choice('FlowDesignation', flowDesignations),
    authentication: choice(
      'FlowAuthentication',
      ['none', 'require_authenticated', 'require_unauthenticated', 'require_superuser'],
      { default: 'none' },
    ),
    deniedAction: choice('FlowDeniedAction', ['message_continue', 'continue', 'message'], {
      default: 'message_continue',
    }),
    layout: choice(
      'FlowLayout',
      ['stacked', 'content_left', 'content_right', 'sidebar_left', 'sidebar_right'],
      {
        default: 'stacked',
      },
    ),
    background: text({ min: 0, max: 500, format: 'image', default: '' }),
    policyEngineMode: choice('PolicyEngineMode', policyEngineModes, { default: 'any' }),
  },
  label: 'name',
  unique: ['slug'],
  traits: ['bindable'],
  form: [
    { title: 'main', open: true, fields: ['name', 'title', 'slug', 'designation', 'authentication'] },
    { title: 'behaviour', fields: ['deniedAction', 'policyEngineMode'] },
    { title: 'appearance', fields: ['layout', 'background'] },
  ],
  list: {
    columns: ['slug', 'name', 'designation'],
    filter: ['designation', 'authentication'],
    search: ['name', 'slug', 'title'],
    order: ['slug', 'name', 'designation'],
  },
});
