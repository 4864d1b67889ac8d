import { copyFile, chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { checkBackup, loadBackup, type CheckedBackup } from '../../adapters/backup/restore-backup.js';
import { migrate } from '../../adapters/postgres/migrate.js';
import { createPool } from '../../adapters/postgres/pool.js';
import { execute } from '../../commands/pipeline.js';
import { recordRestoreCommand } from '../../commands/settings/record-restore.js';
import { dataFolder, OperatorError, type Settings } from '../configuration.js';
import { startCore } from '../core.js';
import { createLogger } from '../logger.js';
import { explainConnectionFailure, openDatabase } from '../open/open-database.js';
import { operatorContext } from '../operator.js';
import { progressLine } from '../progress-line.js';

const asOperatorError = (error: unknown): never => {
  throw error instanceof OperatorError || (error as { code?: string }).code !== undefined
    ? error
    : new OperatorError((error as Error).message);
};

/** Puts the files of the master keys where this installation looks for them; what stands there already must be the same. */
const placeMasterKeys = async (settings: Settings, { keys, keysFolder }: CheckedBackup): Promise<void> => {
  if (settings.MUNIMENT_MASTER_KEY !== undefined) return;
  const folder =
    settings.MUNIMENT_MASTER_KEY_FILE === undefined
      ? join(dataFolder(settings), 'keys')
      : dirname(settings.MUNIMENT_MASTER_KEY_FILE);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of keys.masterKeys) {
    const path = join(folder, name);
    const given = await readFile(join(keysFolder, name), 'utf8');
    const standing = await readFile(path, 'utf8').catch(() => null);
    if (standing !== null && standing.trim() !== given.trim())
      throw new OperatorError(`${path} is another key than that of the backup. Move it away.`);
    await copyFile(join(keysFolder, name), path);
    await chmod(path, 0o600);
  }
};

/** Restores a backup into an empty installation, starts it once, and says how far its log reaches. */
export const restoreFrom = async (
  settings: Settings,
  folder: string,
  options: { readonly keys?: string },
): Promise<void> => {
  if (options.keys === undefined)
    throw new OperatorError(
      'Name the folder of the keys with --keys. Without the keys nothing sealed in the backup can be read.',
    );
  const checking = progressLine('bytes checked');
  const checked = await checkBackup(resolve(folder), resolve(options.keys), checking.show).catch(
    asOperatorError,
  );
  checking.end('The files of the backup are whole.');
  const log = createLogger(settings.MUNIMENT_LOG_LEVEL);
  const database = await openDatabase(settings, log);
  try {
    const pool = createPool(
      { ...database.connection, statement_timeout: 0, query_timeout: 0 },
      () => undefined,
    );
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    await migrate(db)
      .finally(() => db.destroy())
      .catch((error: unknown) => {
        throw explainConnectionFailure(error, settings);
      });
    const loading = progressLine('rows restored');
    await loadBackup(database.connection, checked, loading.show).catch(asOperatorError);
    loading.end('All rows are restored.');
    await placeMasterKeys(settings, checked);
    const core = await startCore(settings, database.connection, log);
    try {
      const { storeId, position, takenAt } = checked.log;
      await execute(
        core.ports,
        recordRestoreCommand,
        { storeId, position, takenAt },
        operatorContext(core.ports),
      );
    } finally {
      await core.stop();
    }
    process.stdout.write(
      `The log is restored up to position ${checked.log.position}, as it stood at ${checked.log.takenAt}. Read models are made anew from it.\n`,
    );
  } finally {
    await database.close();
  }
};
