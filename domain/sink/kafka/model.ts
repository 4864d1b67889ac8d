import { flag, secret, text, texts } from '../../kernel/field.js';
import { sink } from '../family.js';
import { sinkStateEvents } from '../state-events.js';

/** Produces entries to a topic of Kafka. */
export const kafkaSink = sink.kind('kafka', {
  fields: {
    /** `host:port` of some brokers of the cluster. */
    brokers: texts({ maxItems: 20 }),
    topic: text({ max: 249 }),
    tls: flag({ default: true }),
    username: text({ nullable: true }),
    password: secret({ nullable: true }),
  },
  permissions: ['test', 'replay'],
  specials: sinkStateEvents,
  rules: [
    {
      fields: ['brokers'],
      code: 'INVALID_INPUT',
      message: 'Name at least one broker as host:port.',
      holds: ({ brokers }) =>
        brokers.length > 0 && brokers.every((broker) => /^[^\s:]+:\d{1,5}$/.test(broker)),
    },
  ],
  form: [
    { title: 'main', open: true, fields: ['name', 'brokers', 'topic', 'tls', 'username', 'password'] },
    { title: 'content', open: true, fields: ['format', 'filter', 'redaction', 'start'] },
    {
      title: 'advanced',
      fields: ['origin', 'batchCount', 'batchKib', 'batchSeconds', 'blocking', 'maxLagSeconds'],
    },
  ],
});
