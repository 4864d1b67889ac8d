import { secret, text } from '../kernel/field.js';
import { defineModel } from '../kernel/model.js';

/** A certificate, with its private key when the product signs with it. */
export const certificate = defineModel('certificate', {
  fields: {
    name: text(),
    certificate: text({ max: 100_000, multiline: true, format: 'pem' }),
    privateKey: secret({ nullable: true }),
  },
  label: 'name',
  unique: ['name'],
  list: { columns: ['name'], search: ['name'], order: ['name'] },
});
