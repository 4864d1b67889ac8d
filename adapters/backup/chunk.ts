import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { BackupFile } from './manifest.js';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Writes lines as one compressed file that is there whole or not at all. */
export const writeChunk = async (
  folder: string,
  file: Pick<BackupFile, 'name' | 'table' | 'last'>,
  lines: readonly string[],
): Promise<BackupFile> => {
  const bytes = await compress(lines.join('\n'));
  const path = join(folder, file.name);
  const handle = await open(`${path}.part`, 'w', 0o600);
  await handle.writeFile(bytes);
  await handle.sync();
  await handle.close();
  await rename(`${path}.part`, path);
  return {
    ...file,
    rows: lines.length,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
};

/** Lines of a file. */
export const readChunk = async (folder: string, file: BackupFile): Promise<readonly string[]> => {
  const text = (await expand(await readFile(join(folder, file.name)))).toString('utf8');
  return text === '' ? [] : text.split('\n');
};

/** What is wrong with a file, or null when it is what the manifest says. */
export const damageOf = async (folder: string, file: BackupFile): Promise<string | null> => {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(join(folder, file.name))) hash.update(part as Buffer);
  } catch (error) {
    return `${file.name}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : (error as Error).message}`;
  }
  return hash.digest('hex') === file.sha256 ? null : `${file.name}: its content is not what was written`;
};
