import { number, slug } from '../../kernel/field.js';
import { sink } from '../family.js';
import { sinkStateEvents } from '../state-events.js';

/** Writes entries to files of this machine, one line each. */
export const fileSink = sink.kind('file', {
  fields: {
    /** Name of the file below the folder that the operator set aside, without its ending. */
    fileName: slug(),
    rotateMib: number({ min: 1, max: 10_240, default: 100 }),
    keepFiles: number({ min: 0, max: 10_000, default: 10 }),
  },
  permissions: ['test', 'replay'],
  specials: sinkStateEvents,
  form: [
    { title: 'main', open: true, fields: ['name', 'fileName', 'rotateMib', 'keepFiles'] },
    { title: 'content', open: true, fields: ['format', 'filter', 'redaction', 'start'] },
    {
      title: 'advanced',
      fields: ['origin', 'batchCount', 'batchKib', 'batchSeconds', 'blocking', 'maxLagSeconds'],
    },
  ],
});
