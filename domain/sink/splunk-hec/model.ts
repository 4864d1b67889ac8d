import { flag, secret, text } from '../../kernel/field.js';
import { sink } from '../family.js';
import { sinkStateEvents } from '../state-events.js';

/** Sends entries to the HTTP event collector of Splunk. */
export const splunkHecSink = sink.kind('splunk_hec', {
  fields: {
    url: text({ max: 2000, format: 'http_url' }),
    token: secret({ nullable: true }),
    index: text({ nullable: true, format: 'slug' }),
    source: text({ default: 'muniment' }),
    host: text({ default: 'muniment' }),
    useAck: flag({ default: false }),
  },
  // An object that was deleted and restored has lost it, and says so.
  required: ['token'],
  permissions: ['test', 'replay'],
  specials: sinkStateEvents,
  form: [
    { title: 'main', open: true, fields: ['name', 'url', 'token', 'useAck'] },
    { title: 'content', open: true, fields: ['format', 'filter', 'redaction', 'start'] },
    {
      title: 'advanced',
      fields: [
        'index',
        'source',
        'host',
        'origin',
        'batchCount',
        'batchKib',
        'batchSeconds',
        'blocking',
        'maxLagSeconds',
      ],
    },
  ],
});
