import { secret, text } from '../../kernel/field.js';
import { sink } from '../family.js';
import { sinkStateEvents } from '../state-events.js';

/** Sends entries to the log intake of Datadog. */
export const datadogSink = sink.kind('datadog', {
  fields: {
    url: text({
      max: 2000,
      format: 'http_url',
      default: 'https://http-intake.logs.datadoghq.com/api/v2/logs',
    }),
    apiKey: secret({ nullable: true }),
    service: text({ default: 'muniment' }),
    tags: text({ nullable: true }),
  },
  // An object that was deleted and restored has lost it, and says so.
  required: ['apiKey'],
  permissions: ['test', 'replay'],
  specials: sinkStateEvents,
  form: [
    { title: 'main', open: true, fields: ['name', 'url', 'apiKey', 'service', 'tags'] },
    { title: 'content', open: true, fields: ['format', 'filter', 'redaction', 'start'] },
    {
      title: 'advanced',
      fields: ['origin', 'batchCount', 'batchKib', 'batchSeconds', 'blocking', 'maxLagSeconds'],
    },
  ],
});
