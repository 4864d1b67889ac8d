import { secret, text } from '../../kernel/field.js';
import { sink } from '../family.js';
import { sinkStateEvents } from '../state-events.js';

/** Sends entries to an HTTP source of Sumo Logic, whose address is its credential. */
export const sumoSink = sink.kind('sumo', {
  fields: {
    sourceUrl: secret({ nullable: true }),
    sourceCategory: text({ default: 'muniment/audit' }),
    sourceName: text({ default: 'muniment' }),
    sourceHost: text({ default: 'muniment' }),
  },
  // An object that was deleted and restored has lost it, and says so.
  required: ['sourceUrl'],
  permissions: ['test', 'replay'],
  specials: sinkStateEvents,
  form: [
    { title: 'main', open: true, fields: ['name', 'sourceUrl'] },
    { title: 'content', open: true, fields: ['format', 'filter', 'redaction', 'start'] },
    {
      title: 'advanced',
      fields: [
        'sourceCategory',
        'sourceName',
        'sourceHost',
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
