import { choice, maybeRef, number, text } from '../../kernel/field.js';
import { sink } from '../family.js';
import { sinkStateEvents } from '../state-events.js';

/** Sends entries as syslog messages (RFC 5424). */
export const syslogSink = sink.kind('syslog', {
  fields: {
    host: text({ format: 'domain' }),
    port: number({ min: 1, max: 65_535, default: 6514 }),
    transport: choice('SyslogTransport', ['tls', 'tcp', 'udp'], { default: 'tls' }),
    framing: choice('SyslogFraming', ['octet_counting', 'line_feed'], { default: 'octet_counting' }),
    certificateAuthority: text({ nullable: true, max: 50_000, multiline: true, format: 'pem' }),
    /** Shown to a receiver that wants to know who connects. */
    clientCertificate: maybeRef('certificate', { onDelete: 'restrict', absent: null }),
    /** No receiver acknowledges: what was sent so shortly before a connection ended is sent again. */
    rewindSeconds: number({ min: 0, max: 3600, default: 30 }),
    hostName: text({ default: 'muniment', max: 255, format: 'domain' }),
    /** Private enterprise number of the structured data; 32473 is the one for documentation. */
    enterpriseNumber: number({ min: 1, default: 32_473 }),
  },
  permissions: ['test', 'replay'],
  specials: sinkStateEvents,
  when: {
    framing: { transport: ['tcp'] },
    certificateAuthority: { transport: ['tls'] },
    clientCertificate: { transport: ['tls'] },
  },
  form: [
    {
      title: 'main',
      open: true,
      fields: ['name', 'host', 'port', 'transport', 'framing', 'certificateAuthority', 'clientCertificate'],
    },
    { title: 'content', open: true, fields: ['format', 'filter', 'redaction', 'start'] },
    {
      title: 'advanced',
      fields: [
        'origin',
        'hostName',
        'enterpriseNumber',
        'rewindSeconds',
        'batchCount',
        'batchKib',
        'batchSeconds',
        'blocking',
        'maxLagSeconds',
      ],
    },
  ],
});
