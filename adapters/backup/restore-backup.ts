import pg from 'pg';
import type { ConnectionOptions } from '../postgres/pool.js';
import { migrationNames } from '../postgres/migrate.js';
import { damageOf, readChunk } from './chunk.js';
import { manifestName, readJson, type BackupFile, type Manifest } from './manifest.js';

const linesPerInsert = 2000;

/** A backup whose files are those that were written. */
export interface CheckedBackup {
  readonly folder: string;
  readonly keysFolder: string;
  readonly log: Manifest;
  readonly keys: Manifest;
}

const manifestOf = async (folder: string, part: Manifest['part']): Promise<Manifest> => {
  const manifest = await readJson<Manifest>(folder, manifestName);
  if (!manifest) throw new Error(`${folder} holds no finished backup: ${manifestName} is missing.`);
  if (manifest.format !== 1 || manifest.part !== part)
    throw new Error(`${folder} does not hold the ${part} of a backup.`);
  return manifest;
};

/** Reads every file of a backup once. Throws, naming what is damaged, missing, or does not belong together. */
export const checkBackup = async (
  folder: string,
  keysFolder: string,
  onProgress: (bytes: number, of: number) => void,
): Promise<CheckedBackup> => {
  const log = await manifestOf(folder, 'log');
  const keys = await manifestOf(keysFolder, 'keys');
  if (keys.id !== log.id) throw new Error(`The keys in ${keysFolder} belong to another backup.`);
  const unknown = log.migrations.filter((name) => !migrationNames.includes(name));
  if (unknown.length > 0)
    throw new Error(`The backup was made by a newer version (${log.product}, step ${unknown.join(', ')}).`);
  const files = [
    ...log.files.map((file) => ({ in: folder, file })),
    ...keys.files.map((file) => ({ in: keysFolder, file })),
  ];
  const total = files.reduce((sum, { file }) => sum + file.bytes, 0);
  let done = 0;
  const damages: string[] = [];
  for (const { in: where, file } of files) {
    const damage = await damageOf(where, file);
    if (damage !== null) damages.push(damage);
    onProgress((done += file.bytes), total);
  }
  if (damages.length > 0) throw new Error(`The backup is damaged: ${damages.join('; ')}.`);
  return { folder, keysFolder, log, keys };
};

/** Files of this backup that are loaded already; throws when the database holds anything else. */
const beginRestore = async (client: pg.Client, { log }: CheckedBackup): Promise<ReadonlySet<string>> => {
  const { rows: running } = await client.query<{ id: string; files: string[]; finished: boolean }>(
    'select backup_id as id, files, finished_at is not null as finished from meta.restore',
  );
  const before = running[0];
  if (before && !before.finished && before.id === log.id) return new Set(before.files);
  const { rows } = await client.query<{ used: boolean }>(
    'select position > 0 or exists (select from keys.ring) as used from es.head',
  );
  if (before || rows[0]?.used)
    throw new Error('The database is not empty. Restore into a new installation or an empty database.');
  await client.query('insert into meta.restore (backup_id) values ($1)', [log.id]);
  await client.query('delete from outbox.reactor');
  return new Set();
};

const insertInto = (table: string, columns: readonly string[]): string => {
  const names = columns.map((column) => `"${column}"`).join();
  return `insert into ${table} (${names}) overriding system value
          select ${names} from jsonb_populate_recordset(null::${table}, $1::jsonb)`;
};

const loadFile = async (client: pg.Client, folder: string, file: BackupFile): Promise<void> => {
  const lines = await readChunk(folder, file);
  const columns = Object.keys(JSON.parse(lines[0] ?? '{}') as object);
  await client.query('begin');
  for (let at = 0; at < lines.length; at += linesPerInsert)
    await client.query(insertInto(file.table, columns), [`[${lines.slice(at, at + linesPerInsert).join()}]`]);
  await client.query('update meta.restore set files = files || $1::text', [file.name]);
  await client.query('commit');
};

/**
 * Loads a checked backup into an empty, migrated database. Each file is loaded once, however often the run is
 * interrupted. The restored log gets a new store id: positions that were told before lead nowhere, since what followed
 * them may have been something else.
 */
export const loadBackup = async (
  connection: ConnectionOptions,
  checked: CheckedBackup,
  onProgress: (rows: number, of: number) => void,
): Promise<void> => {
  const client = new pg.Client({ ...connection, statement_timeout: 0, query_timeout: 0 });
  await client.connect();
  try {
    const loaded = await beginRestore(client, checked);
    const files = [
      ...checked.keys.files.map((file) => ({ in: checked.keysFolder, file })),
      ...checked.log.files.map((file) => ({ in: checked.folder, file })),
    ];
    const total = files.reduce((sum, { file }) => sum + file.rows, 0);
    let done = 0;
    for (const { in: folder, file } of files) {
      if (!loaded.has(file.name)) await loadFile(client, folder, file);
      onProgress((done += file.rows), total);
    }
    await client.query('begin');
    await client.query(`select setval('es.user_number', $1)`, [checked.log.userNumber]);
    await client.query(
      `select setval(pg_get_serial_sequence('outbox.delivery', 'number'), (select coalesce(max(number), 0) + 1 from outbox.delivery), false)`,
    );
    await client.query('update es.head set position = $1, store_id = gen_random_uuid()', [
      checked.log.position,
    ]);
    await client.query('update meta.restore set finished_at = now()');
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
};
