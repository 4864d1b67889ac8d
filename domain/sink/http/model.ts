import { choice, maybeRef, secret, text } from '../../kernel/field.js';
import { sink } from '../family.js';
import { sinkStateEvents } from '../state-events.js';

/** Sends entries by POST to an address, signed as Standard Webhooks says. */
export const httpSink = sink.kind('http', {
  fields: {
    url: text({ max: 2000, format: 'http_url' }),
    payload: choice('HttpPayload', ['json_array', 'ndjson', 'object'], { default: 'json_array' }),
    signingSecret: secret({ nullable: true }),
    bearerToken: secret({ nullable: true }),
    /** Shown to a receiver that wants to know who connects. */
    clientCertificate: maybeRef('certificate', { onDelete: 'restrict', absent: null }),
    certificateAuthority: text({
      nullable: true,
      max: 50_000,
      multiline: true,
      format: 'pem',
      absent: null,
    }),
  },
  permissions: ['test', 'replay'],
  specials: sinkStateEvents,
  form: [
    { title: 'main', open: true, fields: ['name', 'url', 'payload', 'signingSecret', 'bearerToken'] },
    { title: 'content', open: true, fields: ['format', 'filter', 'redaction', 'start'] },
    {
      title: 'advanced',
      fields: [
        'clientCertificate',
        'certificateAuthority',
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
