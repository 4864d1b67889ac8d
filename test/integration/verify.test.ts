import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EmbeddedPostgres, embeddedConnection } from '../../adapters/embedded-postgres/supervisor.js';
import { readSettings } from '../../bin/configuration.js';
import { bootstrapOptions, startCore } from '../../bin/core.js';
import { verifyStore, type Check } from '../../bin/verify/verify.js';
import { bootstrap } from '../../commands/bootstrap/bootstrap.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { eraseSubjectCommand } from '../../commands/privacy/erase-subject.js';
import { directorySchema } from '../../projections/directory/table.js';
import type { ConnectionOptions } from '../../adapters/postgres/pool.js';
import { startProduct, type Product } from '../support/product.js';
import { silent } from '../support/silent-log.js';

const key = randomBytes(32).toString('base64');
let product: Product;
let connection: ConnectionOptions;
let jane: string;

const verifyAt = async (at: ConnectionOptions, environment: Record<string, string>) => {
  const checks: Check[] = [];
  const nothing = (): void => undefined;
  await verifyStore({
    settings: readSettings(environment),
    connection: at,
    log: silent,
    onCheck: (check) => checks.push(check),
    onProgress: nothing,
  });
  return Object.fromEntries(
    checks.filter((check) => check.state !== 'ok').map((check) => [check.name, check.problems.join('\n')]),
  );
};
const findings = () => verifyAt(connection, { MUNIMENT_MASTER_KEY: key });
const run = (text: string, values: unknown[] = []) => product.core.pool.query(text, values);

beforeAll(async () => {
  product = await startProduct({ MUNIMENT_MASTER_KEY: key });
  const { rows } = await run('select current_database() as name');
  connection = { ...inject('postgres'), database: rows[0].name as string };
  const create = async (username: string): Promise<string> => {
    const { userId } = await product.run(createUserCommand, { username, email: `${username}@example.com` });
    await product.run(setPasswordCommand, { userId, password: 'a long enough password' });
    return userId;
  };
  jane = await create('jane');
  await product.run(updateUserCommand, { userId: jane, name: 'Jane', username: 'janet' });
  const gone = await create('gone');
  await product.run(eraseSubjectCommand, { userId: gone, legalBasis: 'objection' }, { reason: 'asked' });
  await product.core.ports.subjects.shred(gone);
});
afterAll(() => product.stop());

describe('R22: verify', () => {
  it('finds nothing on a store that is as it was written, after renames and an erasure', async () => {
    expect(await findings()).toEqual({});
  });

  it.each([
    [
      'a position that is missing',
      'log',
      /position 7 is missing/,
      `update es.event set position = -7 where position = 7`,
      `update es.event set position = 7 where position = -7`,
    ],
    [
      'a revision that is missing',
      'log',
      /stream user-.* has \d+ events, its revisions are 0 to 99/,
      `update es.event set revision = 99 where stream = 'user-JANE' and revision = 1`,
      `update es.event set revision = 1 where stream = 'user-JANE' and revision = 99`,
    ],
    [
      'an event that was changed',
      'events',
      /stream user-.*: cannot be opened/,
      `update es.event set data = jsonb_set(data, '{name,c}', data -> 'username' -> 'c') where stream = 'user-JANE' and revision = 0`,
      `update es.event set data = '__was__' where stream = 'user-JANE' and revision = 0`,
    ],
    [
      'an event whose shape is none that was declared',
      'events',
      /number is not as declared/,
      `update es.event set data = data || '{"number": "seven"}' where stream = 'user-JANE' and revision = 0`,
      `update es.event set data = '__was__' where stream = 'user-JANE' and revision = 0`,
    ],
    [
      'a claim that nobody holds any more',
      'claims',
      /user-.* does not hold its claim on user.username/,
      `update es.claim set stream = 'user-other' where stream = 'user-JANE'`,
      `update es.claim set stream = 'user-JANE' where stream = 'user-other'`,
    ],
    [
      'a claim that the log does not tell',
      'claims',
      /user-x holds a claim on user.username that the log does not tell/,
      `insert into es.claim values ('user.username', 'h', 'user-x', 1)`,
      `delete from es.claim where hash = 'h'`,
    ],
    [
      'a secret that is gone',
      'secrets',
      /user-.* refers to version 1 of a secret that is not there/,
      `update es.vault set version = 77 where ref = 'user/JANE/password'`,
      `update es.vault set version = 1 where ref = 'user/JANE/password'`,
    ],
    [
      'a key of a subject that is gone without an erasure',
      'subject keys',
      /the key of .*, version 1, is missing, and nobody erased it/,
      `update keys.subject_key set subject = 'away' where subject = 'JANE'`,
      `update keys.subject_key set subject = 'JANE' where subject = 'away'`,
    ],
    [
      'a row of a read model that the log does not tell',
      'read model directory',
      /user: 1 rows are missing or differ, 1 are there that the log does not tell/,
      `update ${directorySchema.live}.user set name = 'Someone Else' where id = 'JANE'`,
      `update ${directorySchema.live}.user set name = 'Jane' where id = 'JANE'`,
    ],
  ])('finds %s', async (_what, name, problem, damage, repair) => {
    const { rows } = await run('select data from es.event where stream = $1 and revision = 0', [
      `user-${jane}`,
    ]);
    const damaged = damage.replaceAll('JANE', jane);
    expect((await run(damaged)).rowCount).toBeGreaterThan(0);
    try {
      const found = await findings();
      expect(found[name]).toMatch(problem);
    } finally {
      const repaired = repair.replaceAll('JANE', jane);
      if (repaired.includes('__was__'))
        await run(repaired.replace(`'__was__'`, '$1::jsonb'), [JSON.stringify(rows[0].data)]);
      else await run(repaired);
    }
  });

  it('decides again that all is well when the damage is mended', async () => {
    expect(await findings()).toEqual({});
  });
});

it('R22: a byte that was flipped on disk is found and named, and never served', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muniment-flip-'));
  let postgres = await EmbeddedPostgres.start(folder, silent);
  try {
    const environment = { MUNIMENT_DATA_DIR: folder, MUNIMENT_BOOTSTRAP_PASSWORD: 'correct horse battery' };
    const settings = readSettings(environment);
    const core = await startCore(settings, await embeddedConnection(folder), silent);
    await bootstrap(core.ports, bootstrapOptions(settings));
    const { rows } = await core.pool.query(`select pg_relation_filepath('es.event') as path`);
    await core.pool.query('checkpoint');
    await core.stop();
    await postgres.stop();
    const file = await open(join(folder, 'postgres', rows[0].path as string), 'r+');
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, 8000);
    byte[0] = byte[0]! ^ 0x01;
    await file.write(byte, 0, 1, 8000);
    await file.sync();
    await file.close();
    postgres = await EmbeddedPostgres.start(folder, silent);
    const found = await verifyAt(await embeddedConnection(folder), environment);
    expect(found['pages']).toMatch(/^es\.event: invalid page in block 0 of relation/);
    const client = new pg.Client(await embeddedConnection(folder));
    await client.connect();
    await expect(client.query('select data from es.event where position = 1')).rejects.toThrow(
      'invalid page',
    );
    await client.end();
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
