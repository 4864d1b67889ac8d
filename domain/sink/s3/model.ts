import { choice, flag, number, secret, text } from '../../kernel/field.js';
import { sink } from '../family.js';
import { sinkStateEvents } from '../state-events.js';

/** Puts entries as compressed objects into a bucket that speaks the protocol of S3. */
export const s3Sink = sink.kind('s3', {
  fields: {
    endpoint: text({ max: 2000, format: 'http_url' }),
    region: text({ default: 'us-east-1' }),
    bucket: text({ max: 63 }),
    prefix: text({ nullable: true }),
    accessKeyId: text(),
    secretAccessKey: secret({ nullable: true }),
    /** Objects that nobody can delete before their time; the bucket must have been made for it. */
    lockMode: choice('ObjectLockMode', ['none', 'governance', 'compliance'], { default: 'none' }),
    retainDays: number({ min: 1, max: 36_500, default: 365 }),
    legalHold: flag({ default: false }),
  },
  // An object that was deleted and restored has lost it, and says so.
  required: ['secretAccessKey'],
  permissions: ['test', 'replay'],
  specials: sinkStateEvents,
  when: { retainDays: { lockMode: ['governance', 'compliance'] } },
  form: [
    {
      title: 'main',
      open: true,
      fields: ['name', 'endpoint', 'region', 'bucket', 'prefix', 'accessKeyId', 'secretAccessKey'],
    },
    { title: 'lock', open: true, fields: ['lockMode', 'retainDays', 'legalHold'] },
    { title: 'content', open: true, fields: ['format', 'filter', 'redaction', 'start'] },
    {
      title: 'advanced',
      fields: ['origin', 'batchCount', 'batchKib', 'batchSeconds', 'blocking', 'maxLagSeconds'],
    },
  ],
});
