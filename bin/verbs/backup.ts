import { copyFile, chmod, realpath, mkdir } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { finishBackup, writeBackup } from '../../adapters/backup/write-backup.js';
import { OperatorError, productVersion, type Settings } from '../configuration.js';
import { createLogger } from '../logger.js';
import { explainConnectionFailure, joinDatabase } from '../open/open-database.js';
import { keySource } from '../open/open-keys.js';
import { progressLine } from '../progress-line.js';

const isWithin = (inner: string, outer: string): boolean => `${inner}${sep}`.startsWith(`${outer}${sep}`);

/** Both folders, made. The keys must lie apart: whoever finds one of the folders finds nothing that he can read. */
const makeFolders = async (folder: string, keysFolder: string | null): Promise<[string, string | null]> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const log = await realpath(folder);
  if (keysFolder === null) return [log, null];
  await mkdir(keysFolder, { recursive: true, mode: 0o700 });
  const keys = await realpath(keysFolder);
  if (isWithin(keys, log) || isWithin(log, keys))
    throw new OperatorError('--keys: name a folder apart from the backup, best on another medium.');
  return [log, keys];
};

/** Copies the files of the master keys beside the keys they wrap. */
const copyMasterKeys = async (settings: Settings, keysFolder: string): Promise<readonly string[]> => {
  const source = keySource(settings);
  if (!source.create) return [];
  const names: string[] = [];
  for (const key of source.keys()) {
    const path = source.placeOf(key.id);
    const copy = join(keysFolder, basename(path));
    await copyFile(path, copy);
    await chmod(copy, 0o600);
    names.push(basename(path));
  }
  return names;
};

/** Writes a backup while the product goes on, and says what it holds. */
export const backupTo = async (
  settings: Settings,
  folder: string,
  options: { readonly keys?: string },
): Promise<void> => {
  const product = productVersion();
  const [logFolder, keysFolder] = await makeFolders(
    resolve(folder),
    options.keys === undefined ? null : resolve(options.keys),
  );
  const database = await joinDatabase(settings, createLogger(settings.MUNIMENT_LOG_LEVEL));
  try {
    const progress = progressLine('events');
    let total = 0;
    const { log, keys } = await writeBackup({
      connection: database.connection,
      folder: logFolder,
      keysFolder,
      product,
      onStart: (rows, before) => {
        if (before > 0)
          process.stderr.write(`going on after ${String(before)} events of an interrupted run\n`);
        total = rows;
      },
      onProgress: (rows) => progress.show(rows, total),
    }).catch((error: unknown) => {
      const explained = explainConnectionFailure(error, settings);
      throw explained instanceof OperatorError || (error as { code?: string }).code !== undefined
        ? explained
        : new OperatorError((error as Error).message);
    });
    progress.end(`${String(total)} events are written`);
    if (keys && keysFolder !== null)
      await finishBackup(keysFolder, { ...keys, masterKeys: await copyMasterKeys(settings, keysFolder) });
    await finishBackup(logFolder, log);
    const bytes = log.files.reduce((sum, file) => sum + file.bytes, 0);
    process.stdout.write(
      `The backup ${log.id} holds the log up to position ${log.position}: ${String(log.files.length)} files, ${(bytes / 1e6).toFixed(1)} MB.\n`,
    );
    process.stdout.write(
      keysFolder === null
        ? 'It holds no keys: without a backup of those, made with --keys, nothing sealed in it can ever be read.\n'
        : `The keys are in ${keysFolder}. Keep them apart from the backup.${settings.MUNIMENT_MASTER_KEY === undefined ? '' : ' The master keys themselves come from the environment and are not among them.'}\n`,
    );
  } finally {
    await database.close();
  }
};
