import { choice, flag, number, text, texts } from '../../kernel/field.js';
import { defineModel } from '../../kernel/model.js';

export const promptTypes = [
  'text',
  'text_area',
  'text_read_only',
  'text_area_read_only',
  'username',
  'email',
  'password',
  'number',
  'checkbox',
  'radio_button_group',
  'dropdown',
  'date',
  'date_time',
  'separator',
  'hidden',
  'static',
] as const;
export type PromptType = (typeof promptTypes)[number];

/** One field of a prompt stage. */
export const prompt = defineModel('prompt', {
  fields: {
    name: text(),
    fieldKey: text({ max: 100 }),
    label: text({ min: 0 }),
    type: choice('PromptType', promptTypes),
    required: flag({ default: true }),
    placeholder: text({ min: 0, default: '' }),
    initialValue: text({ min: 0, max: 4000, multiline: true, default: '' }),
    options: texts(),
    order: number({ max: 100_000, default: 0 }),
    subText: text({ min: 0, max: 1000, default: '' }),
  },
  label: 'name',
  unique: ['name'],
  when: { options: { type: ['radio_button_group', 'dropdown'] } },
  required: ['options'],
  rules: [
    {
      fields: ['fieldKey'],
      code: 'FIELD_KEY',
      message: 'Use letters, digits and underscores, with dots below attributes: attributes.department.',
      holds: (state) => /^[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z0-9_]+)*$/.test(state.fieldKey),
    },
  ],
  list: {
    columns: ['name', 'fieldKey', 'type', 'order'],
    filter: ['type'],
    search: ['name', 'fieldKey', 'label'],
    order: ['name', 'fieldKey', 'order'],
  },
});
