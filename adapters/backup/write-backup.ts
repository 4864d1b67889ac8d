import { randomUUID } from 'node:crypto';
import { mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { ConnectionOptions } from '../postgres/pool.js';
import { damageOf, writeChunk } from './chunk.js';
import {
  journalName,
  manifestName,
  readJson,
  writeJson,
  type BackupFile,
  type Journal,
  type Manifest,
} from './manifest.js';
import { eventTable, keyTables, stateTables, type BackupTable } from './tables.js';

const rowsPerFetch = 1000;
const rowsPerFile = 50_000;
const chunkBytes = 16 * 1024 * 1024;

export interface BackupOptions {
  readonly connection: ConnectionOptions;
  readonly folder: string;
  /** Where the keys go; null leaves them out. */
  readonly keysFolder: string | null;
  readonly product: string;
  readonly rowsPerFile?: number;
  readonly onStart: (rows: number, finishedBefore: number) => void;
  readonly onProgress: (rows: number) => void;
}

/** What was written; `finishBackup` makes it count. */
export interface WrittenBackup {
  readonly log: Manifest;
  readonly keys: Manifest | null;
}

interface Snapshot {
  readonly storeId: string;
  readonly position: bigint;
  readonly userNumber: string;
  readonly migrations: readonly string[];
}

const readSnapshot = async (client: pg.Client): Promise<Snapshot> => {
  const { rows } = await client.query<{
    storeId: string;
    position: string;
    userNumber: string;
    elsewhere: boolean;
  }>(
    `select h.external_store is not null as elsewhere, h.store_id as "storeId", h.position::text as position, n.last_value::text as "userNumber" from es.head h, es.user_number n`,
  );
  const migrations = await client.query<{ name: string }>(
    'select name from meta.kysely_migration union select name from meta.later_migration order by 1',
  );
  const { storeId, position, userNumber, elsewhere } = rows[0]!;
  if (elsewhere)
    throw new Error(
      'This installation keeps its log in EventStoreDB: back that up with its own tools, and this database with pg_dump.',
    );
  return {
    storeId,
    position: BigInt(position),
    userNumber,
    migrations: migrations.rows.map((row) => row.name),
  };
};

/** Rows of a table as JSON texts, as many at a time as fit one file. */
async function* linesOf(
  client: pg.Client,
  table: BackupTable,
  condition = 'true',
  most = rowsPerFile,
): AsyncGenerator<readonly string[]> {
  await client.query(
    `declare backup_rows no scroll cursor for
     select row_to_json(t)::text as line from (select * from ${table.name} where ${condition} order by ${table.order}) t`,
  );
  let lines: string[] = [];
  let size = 0;
  for (;;) {
    const wanted = Math.min(rowsPerFetch, most);
    const { rows } = await client.query<{ line: string }>(`fetch ${String(wanted)} from backup_rows`);
    for (const { line } of rows) size += line.length;
    lines.push(...rows.map((row) => row.line));
    if (lines.length >= most || size >= chunkBytes) {
      yield lines;
      lines = [];
      size = 0;
    }
    if (rows.length < wanted) break;
  }
  if (lines.length > 0) yield lines;
  await client.query('close backup_rows');
}

const fileName = (table: string, number: number): string =>
  `${table}-${String(number).padStart(6, '0')}.ndjson.gz`;

const positionIn = (line: string | undefined): string =>
  String((JSON.parse(line ?? '{}') as { position: number }).position);

/** A folder for one part: new, empty, or left unfinished by a run on the same store. Returns what that run has finished. */
const prepareFolder = async (folder: string, storeId: string): Promise<Journal> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await readdir(folder);
  if (names.includes(manifestName))
    throw new Error(`${folder} holds a finished backup. Name another folder.`);
  const journal = await readJson<Journal>(folder, journalName);
  if (!journal && names.length > 0) throw new Error(`${folder} is not empty. Name an empty or new folder.`);
  if (journal && journal.storeId !== storeId)
    throw new Error(`${folder} holds an unfinished backup of another store. Name another folder.`);
  const good: BackupFile[] = [];
  for (const file of journal?.files ?? []) {
    if ((await damageOf(folder, file)) !== null) break;
    good.push(file);
  }
  const kept = new Set([journalName, ...good.map((file) => file.name)]);
  for (const name of names) if (!kept.has(name)) await unlink(join(folder, name));
  const continued = { id: journal?.id ?? randomUUID(), storeId, files: good };
  await writeJson(folder, journalName, continued);
  return continued;
};

/**
 * Writes everything that cannot be made anew from something else: the log with claims, vault, answers and deliveries into
 * one folder, the keys into another. Consistent at one position while writing goes on: one snapshot covers all tables. A run
 * that was interrupted goes on: its files of the log are kept, as the log never changes; the rest is written again, at the
 * position of the new run. The manifest comes last: without it a folder is no backup.
 */
export const writeBackup = async (options: BackupOptions): Promise<WrittenBackup> => {
  const client = new pg.Client({ ...options.connection, statement_timeout: 0, query_timeout: 0 });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const snapshot = await readSnapshot(client);
    const journal = await prepareFolder(options.folder, snapshot.storeId);
    const header = {
      format: 1,
      id: journal.id,
      product: options.product,
      takenAt: new Date().toISOString(),
      storeId: snapshot.storeId,
      position: String(snapshot.position),
      migrations: snapshot.migrations,
      userNumber: snapshot.userNumber,
    };
    const finishedBefore = journal.files.reduce((sum, file) => sum + file.rows, 0);
    let done = finishedBefore;
    options.onStart(Number(snapshot.position), finishedBefore);
    const files = [...journal.files];
    const after = files.at(-1)?.last ?? '0';
    for await (const lines of linesOf(
      client,
      eventTable,
      `position > ${after} and position <= ${String(snapshot.position)}`,
      options.rowsPerFile,
    )) {
      const last = positionIn(lines.at(-1));
      const name = fileName(eventTable.name, files.length + 1);
      files.push(await writeChunk(options.folder, { name, table: eventTable.name, last }, lines));
      await writeJson(options.folder, journalName, { ...journal, files });
      options.onProgress((done += lines.length));
    }
    files.push(...(await writeTables(client, options.folder, stateTables)));
    const log: Manifest = { ...header, part: 'log', files, masterKeys: [] };
    if (options.keysFolder === null) return { log, keys: null };
    await prepareFolder(options.keysFolder, snapshot.storeId);
    const keyFiles = await writeTables(client, options.keysFolder, keyTables);
    return { log, keys: { ...header, part: 'keys', files: keyFiles, masterKeys: [] } };
  } finally {
    await client.end();
  }
};

const writeTables = async (
  client: pg.Client,
  folder: string,
  tables: readonly BackupTable[],
): Promise<readonly BackupFile[]> => {
  const files: BackupFile[] = [];
  for (const table of tables) {
    let number = 0;
    for await (const lines of linesOf(client, table))
      files.push(
        await writeChunk(
          folder,
          { name: fileName(table.name, (number += 1)), table: table.name, last: null },
          lines,
        ),
      );
  }
  return files;
};

/** Makes a folder a finished backup. */
export const finishBackup = async (folder: string, manifest: Manifest): Promise<void> => {
  await writeJson(folder, manifestName, manifest);
  await unlink(join(folder, journalName));
};
