import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { checkBackup, loadBackup } from '../../adapters/backup/restore-backup.js';
import { finishBackup, writeBackup } from '../../adapters/backup/write-backup.js';
import { eventTable, keyTables, stateTables } from '../../adapters/backup/tables.js';
import { migrate } from '../../adapters/postgres/migrate.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startProduct, type Product } from '../support/product.js';

let product: Product;
let folder: string;
let connection: pg.ClientConfig;
const databases: TestDatabase[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-backup-'));
  product = await startProduct();
  const { rows } = await product.core.pool.query('select current_database() as name');
  connection = { ...inject('postgres'), database: rows[0].name as string };
  for (let n = 0; n < 20; n += 1)
    await product.run(createUserCommand, { username: `canary-person-${String(n)}` });
});
afterAll(async () => {
  await product.stop();
  for (const database of databases) await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const nothing = (): void => undefined;
const write = (name: string, onProgress: (rows: number) => void = nothing) =>
  writeBackup({
    connection,
    folder: join(folder, name),
    keysFolder: join(folder, `${name}-keys`),
    product: 'test',
    rowsPerFile: 40,
    onStart: nothing,
    onProgress,
  });
const finish = async (name: string, written: Awaited<ReturnType<typeof write>>): Promise<void> => {
  await finishBackup(join(folder, `${name}-keys`), written.keys!);
  await finishBackup(join(folder, name), written.log);
};
const check = (name: string, keys = `${name}-keys`) =>
  checkBackup(join(folder, name), join(folder, keys), nothing);
const emptyDatabase = async (): Promise<TestDatabase> => {
  const database = await createDatabase();
  databases.push(database);
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool(database.connection) }),
  });
  await migrate(db);
  await db.destroy();
  return database;
};
const hashes = async (options: pg.ClientConfig): Promise<Record<string, string>> => {
  const client = new pg.Client(options);
  await client.connect();
  const result: Record<string, string> = {};
  for (const { name, order } of [eventTable, ...stateTables, ...keyTables])
    result[name] = (
      await client.query(
        `select md5(coalesce(string_agg(t::text, '|' order by ${order}), '')) || count(*) as h from ${name} t`,
      )
    ).rows[0].h;
  await client.end();
  return result;
};

describe('R19: backup and restore', () => {
  it('brings back every row of what cannot be made anew, and nothing of it can be read without the keys', async () => {
    await finish('whole', await write('whole'));
    const checked = await check('whole');
    const target = await emptyDatabase();
    await loadBackup(target.connection, checked, nothing);
    expect(await hashes(target.connection)).toEqual(await hashes(connection));
    const { rows } = await product.core.pool.query('select store_id, position::int from es.head');
    const client = new pg.Client(target.connection);
    await client.connect();
    const restored = await client.query('select store_id, position::int from es.head');
    expect(restored.rows[0].position).toBe(rows[0].position);
    expect(restored.rows[0].store_id).not.toBe(rows[0].store_id);
    const next = await client.query(`insert into outbox.delivery (id, reactor, lane, reference)
      values (gen_random_uuid(), 'notification', 'x', '{}') returning number`);
    expect(next.rows.length).toBe(1);
    await client.end();
    const { gunzipSync } = await import('node:zlib');
    for (const name of readdirSync(join(folder, 'whole')).filter((file) => file.endsWith('.gz'))) {
      const text = gunzipSync(readFileSync(join(folder, 'whole', name))).toString();
      expect(text).not.toContain('canary-person');
    }
  });

  it('goes on where it was interrupted, and covers what was written meanwhile', async () => {
    await expect(
      write('resumed', (rows) => {
        if (rows >= 40) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    const before = readdirSync(join(folder, 'resumed'));
    expect(before).toContain('unfinished.json');
    await expect(check('resumed')).rejects.toThrow('no finished backup');
    writeFileSync(join(folder, 'resumed', 'es.event-000003.ndjson.gz.part'), 'half');
    await product.run(createUserCommand, { username: 'written-meanwhile' });
    let first = 0;
    const written = await writeBackup({
      connection,
      folder: join(folder, 'resumed'),
      keysFolder: join(folder, 'resumed-keys'),
      product: 'test',
      rowsPerFile: 40,
      onStart: (_rows, done) => (first = done),
      onProgress: nothing,
    });
    expect(first).toBe(40);
    await finish('resumed', written);
    const target = await emptyDatabase();
    await loadBackup(target.connection, await check('resumed'), nothing);
    expect(await hashes(target.connection)).toEqual(await hashes(connection));
  });

  it('refuses folders that are not its own', async () => {
    await finish('taken', await write('taken'));
    await expect(write('taken')).rejects.toThrow('holds a finished backup');
    const foreign = join(folder, 'foreign');
    (await import('node:fs')).mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.txt'), 'mine');
    await expect(write('foreign')).rejects.toThrow('is not empty');
    expect(readdirSync(foreign)).toEqual(['thesis.txt']);
  });

  it('names what is damaged, missing or foreign before anything is restored', async () => {
    await finish('broken', await write('broken'));
    await finish('other', await write('other'));
    await expect(check('broken', 'other-keys')).rejects.toThrow('belong to another backup');
    await expect(check('broken', 'nowhere')).rejects.toThrow('no finished backup');
    appendFileSync(join(folder, 'broken', 'es.claim-000001.ndjson.gz'), 'x');
    rmSync(join(folder, 'broken', 'es.event-000002.ndjson.gz'));
    await expect(check('broken')).rejects.toThrow(
      /es\.event-000002\.ndjson\.gz: is missing; .*es\.claim-000001\.ndjson\.gz: its content is not what was written/,
    );
  });

  it('a restore that was interrupted goes on; the product does not start on half of one; a full database is refused', async () => {
    await finish('again', await write('again'));
    const checked = await check('again');
    const target = await emptyDatabase();
    let reports = 0;
    await expect(
      loadBackup(target.connection, checked, () => {
        if ((reports += 1) === 8) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    const { refuseUnfinishedRestore } = await import('../../adapters/backup/unfinished-restore.js');
    const pool = new pg.Pool(target.connection);
    await expect(refuseUnfinishedRestore(pool)).rejects.toThrow('is not finished');
    await loadBackup(target.connection, checked, nothing);
    await refuseUnfinishedRestore(pool);
    await pool.end();
    expect(await hashes(target.connection)).toEqual(await hashes(connection));
    await expect(loadBackup(target.connection, checked, nothing)).rejects.toThrow('is not empty');
    await expect(loadBackup(connection, checked, nothing)).rejects.toThrow('is not empty');
  });

  it('every table is either in a backup or known to be made anew or short-lived', async () => {
    const { rows } = await product.core.pool.query(
      `select schemaname || '.' || tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    const kept = new Set([eventTable, ...stateTables, ...keyTables].map((table) => table.name));
    const left = rows
      .map((row) => row.name as string)
      .filter((name) => !kept.has(name) && !/^(meta|flow|projection|[a-z]+_v[0-9]+)\./.test(name));
    expect(left.filter((name) => !['es.head', 'es.intent', 'sink.sample'].includes(name))).toEqual([]);
  });
});
