import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const manifestName = 'manifest.json';
export const journalName = 'unfinished.json';

/** One compressed file of rows, a JSON text per line. */
export interface BackupFile {
  readonly name: string;
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Position of the last event, in files of the log. */
  readonly last: string | null;
}

/** What a folder of a backup holds. The log and the keys are two folders with one id. */
export interface Manifest {
  /** Version of this layout; 1 so far. */
  readonly format: number;
  readonly part: 'log' | 'keys';
  readonly id: string;
  readonly product: string;
  readonly takenAt: string;
  readonly storeId: string;
  /** The log up to here, and everything else as it stood then. */
  readonly position: string;
  readonly migrations: readonly string[];
  readonly userNumber: string;
  readonly files: readonly BackupFile[];
  /** Master keys that lie beside the wrapped keys, by file name; empty where keys come from the environment. */
  readonly masterKeys: readonly string[];
}

/** What an interrupted run has finished of the log, which never changes. */
export interface Journal {
  readonly id: string;
  readonly storeId: string;
  readonly files: readonly BackupFile[];
}

/** Writes JSON so that the file is there whole or not at all. */
export const writeJson = async (folder: string, name: string, value: unknown): Promise<void> => {
  const draft = join(folder, `${name}.part`);
  await writeFile(draft, `${JSON.stringify(value, null, 1)}\n`, { flush: true, mode: 0o600 });
  await rename(draft, join(folder, name));
};

/** The JSON of a file; null when there is none. */
export const readJson = async <T>(folder: string, name: string): Promise<T | null> => {
  try {
    return JSON.parse(await readFile(join(folder, name), 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`${join(folder, name)} cannot be read: ${(error as Error).message}`);
  }
};
