import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { OutboundFailure, type SinkFiles } from '../../commands/sink-ports.js';

const failures: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EACCES: 'the product may not write to the folder',
  EROFS: 'the folder cannot be written to',
};

const sizeOf = async (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** Flushes the names of a folder: a renamed file must not come back after a power cut. */
const flushFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};

/**
 * Files below one folder, `<name>.ndjson` and, once full, `<name>.<n>.ndjson` with growing numbers. Null stands for no
 * folder: then nothing can be written.
 */
export const sinkFiles = (folder: string | null): SinkFiles => {
  /** Numbers of full files, the oldest first. */
  const fullFiles = async (within: string, name: string): Promise<readonly number[]> =>
    (await readdir(within))
      .flatMap((file) => {
        const rest = file.startsWith(`${name}.`) ? file.slice(name.length + 1) : '';
        const number = /^(\d+)\.ndjson$/.exec(rest)?.[1];
        return number === undefined ? [] : [Number(number)];
      })
      .sort((a, b) => a - b);

  const rotate = async (within: string, name: string, keep: number): Promise<void> => {
    const numbers = await fullFiles(within, name);
    const next = (numbers.at(-1) ?? 0) + 1;
    await rename(join(within, `${name}.ndjson`), join(within, `${name}.${String(next)}.ndjson`));
    const tooMany = Math.max(0, numbers.length + 1 - keep);
    for (const number of [...numbers, next].slice(0, tooMany))
      await unlink(join(within, `${name}.${String(number)}.ndjson`));
    await flushFolder(within);
  };

  return {
    available: folder !== null,
    append: async ({ name, rotateBytes, keep }, text) => {
      if (folder === null)
        throw new OutboundFailure('the operator has set no folder aside (MUNIMENT_SINK_FOLDER)');
      try {
        await mkdir(folder, { recursive: true, mode: 0o750 });
        const path = join(folder, `${name}.ndjson`);
        const size = await sizeOf(path);
        if (size > 0 && size + Buffer.byteLength(text) > rotateBytes) await rotate(folder, name, keep);
        const handle = await open(path, 'a', 0o640);
        try {
          await handle.writeFile(text);
          await handle.sync();
        } finally {
          await handle.close();
        }
        if (size === 0) await flushFolder(folder);
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException;
        throw new OutboundFailure(failures[code] ?? 'the file system refused it');
      }
    },
  };
};
