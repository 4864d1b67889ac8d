import { secret, text } from '../../kernel/field.js';
import { textFormats } from '../../siem/formats.js';
import { sink } from '../family.js';
import { sinkStateEvents } from '../state-events.js';

/** Puts entries into a data stream of Elasticsearch. */
export const elasticSink = sink.kind('elastic', {
  fields: {
    url: text({ max: 2000, format: 'http_url' }),
    apiKey: secret({ nullable: true }),
    dataStream: text({ default: 'logs-muniment.audit-default' }),
  },
  // An object that was deleted and restored has lost it, and says so.
  required: ['apiKey'],
  permissions: ['test', 'replay'],
  specials: sinkStateEvents,
  rules: [
    {
      fields: ['format'],
      code: 'INVALID_INPUT',
      message: 'Elasticsearch takes objects: choose a format in JSON, such as ECS.',
      holds: ({ format }) => !textFormats.includes(format),
    },
  ],
  form: [
    { title: 'main', open: true, fields: ['name', 'url', 'apiKey', 'dataStream'] },
    { title: 'content', open: true, fields: ['format', 'filter', 'redaction', 'start'] },
    {
      title: 'advanced',
      fields: ['origin', 'batchCount', 'batchKib', 'batchSeconds', 'blocking', 'maxLagSeconds'],
    },
  ],
});
