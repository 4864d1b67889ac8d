import type { StateOf } from '../../../domain/kernel/model.js';
import type { fileSink } from '../../../domain/sink/file/model.js';
import { OutboundFailure } from '../../sink-ports.js';
import { delivered, failed, type OpenEndpoint } from '../endpoint.js';

type Values = StateOf<(typeof fileSink)['fields']>;

const mib = 1024 * 1024;

/** Appends lines to a file. They are delivered when the disk has them. Replays get a file of their own. */
export const openFile: OpenEndpoint<Values> = ({ ways }, { values }) => ({
  deliver: async ({ label, records }) => {
    const suffix = label === null ? '' : `.replay-${label.replace(/[^-\w]/g, '_')}`;
    try {
      await ways.files.append(
        {
          name: `${values.fileName}${suffix}`,
          rotateBytes: values.rotateMib * mib,
          keep: values.keepFiles,
        },
        records.map(({ line }) => `${line}\n`).join(''),
      );
      return delivered;
    } catch (error) {
      if (error instanceof OutboundFailure) return failed(`The file could not be written: ${error.message}.`);
      throw error;
    }
  },
  close: () => Promise.resolve(),
});
