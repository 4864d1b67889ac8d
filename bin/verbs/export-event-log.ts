import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { exportEventLogCommand } from '../../commands/audit/export-event-log.js';
import { execute } from '../../commands/pipeline.js';
import { exportWriters } from '../../domain/audit/export.js';
import { countAuditEntries, readEntries } from '../../projections/audit/query.js';
import { OperatorError, type Settings } from '../configuration.js';
import { operatorContext, withCore } from '../operator.js';
import { progressLine } from '../progress-line.js';

export interface ExportOptions {
  readonly format: string;
  readonly query: string;
  readonly from?: string;
  readonly to?: string;
  readonly output?: string;
}

const countedAtMost = 10_000_000;

const openFile = async (path: string): Promise<NodeJS.WritableStream> => {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  await once(file, 'open').catch((error: unknown) => {
    throw new OperatorError(`${path} cannot be made: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}.`);
  });
  return file;
};

/** Writes entries of the event log into a new file, or to the standard output. */
export const exportEventLog = (settings: Settings, options: ExportOptions): Promise<void> =>
  withCore(settings, async ({ ports, backgroundDb }) => {
    const { output } = await execute(
      ports,
      exportEventLogCommand,
      {
        format: options.format,
        query: options.query,
        ...(options.from === undefined ? {} : { from: options.from }),
        ...(options.to === undefined ? {} : { to: options.to }),
      },
      operatorContext(ports),
    );
    const { head, line } = exportWriters[output.format];
    const range = { condition: output.condition, from: output.from, to: output.to };
    const total = await countAuditEntries(backgroundDb, { ...range, after: null, limit: 0 }, countedAtMost);
    const out = options.output === undefined ? process.stdout : await openFile(options.output);
    const write = async (text: string): Promise<void> => {
      if (!out.write(text)) await once(out, 'drain');
    };
    const progress = progressLine('entries');
    const origin = `urn:uuid:${ports.installId()}`;
    let done = 0;
    await write(head);
    for await (const page of readEntries(backgroundDb, output.condition, output)) {
      await write(page.map((entry) => line(entry, origin)).join(''));
      done += page.length;
      progress.show(done, Math.max(done, total));
    }
    if (out !== process.stdout) {
      out.end();
      await once(out, 'finish');
    }
    progress.end(`${done.toLocaleString('en')} entries exported`);
  });
