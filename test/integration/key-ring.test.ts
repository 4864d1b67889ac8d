import { randomBytes } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activateKey, nextKey, retireKey } from '../../adapters/vault/change-ring.js';
import { ringKeys } from '../../adapters/vault/open-key-ring.js';
import { rewrap } from '../../adapters/vault/rewrap.js';
import { countSealed } from '../../adapters/vault/sealed-places.js';
import { readSettings } from '../../bin/configuration.js';
import { bootstrapOptions, startCore, type Core } from '../../bin/core.js';
import { keySource } from '../../bin/open/open-keys.js';
import { bootstrap } from '../../commands/bootstrap/bootstrap.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { execute } from '../../commands/pipeline.js';
import { recordActivatedKeyCommand } from '../../commands/privacy/record-key-ring.js';
import { eraseSubjectCommand } from '../../commands/privacy/erase-subject.js';
import { systemContext } from '../../commands/system-context.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { silent } from '../support/silent-log.js';

let database: TestDatabase;
let folder: string;
let cores: Core[];

const settings = () =>
  readSettings({ MUNIMENT_DATA_DIR: folder, MUNIMENT_BOOTSTRAP_PASSWORD: 'correct horse battery' });
const start = async (): Promise<Core> => {
  const core = await startCore(settings(), database.connection, silent);
  cores.push(core);
  return core;
};
const stopAll = async (): Promise<void> => {
  for (const core of cores.splice(0)) await core.stop();
};
const context = (core: Core, reason: string | null = null) => ({
  ...systemContext(core.ports, 'test'),
  reason,
});

beforeEach(async () => {
  database = await createDatabase();
  folder = mkdtempSync(join(tmpdir(), 'muniment-ring-'));
  cores = [];
});
afterEach(async () => {
  await stopAll();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const installed = async (): Promise<Core> => {
  const core = await start();
  await bootstrap(core.ports, bootstrapOptions(settings()));
  await core.ports.readModels.waitFor(await core.ports.store.head(), 10_000);
  return core;
};
const adminOf = async (core: Core) => (await core.ports.users.byIdentifier('akadmin', ['username'], true))!;
const rotate = async (core: Core): Promise<string> => {
  const key = await nextKey(core.backgroundPool, keySource(settings()));
  const was = core.ring.active;
  await execute(core.ports, recordActivatedKeyCommand, { keyId: key.id, was }, context(core));
  await activateKey(core.backgroundPool, core.ring, key);
  return key.id;
};
const sealedUnderOthers = async (core: Core): Promise<number> =>
  [...(await countSealed(core.pool, core.ring.founder))].reduce(
    (sum, [id, count]) => sum + (id === core.ring.active ? 0 : count),
    0,
  );
const passwordOf = async (core: Core): Promise<string> => {
  const { credential } = await adminOf(core);
  const entry = await core.ports.store.readVault(credential!.ref, credential!.version);
  return core.ports.sealer.openSecret(entry!).reveal();
};

describe('D4: the ring of master keys', () => {
  it('rotates under load: two processes go on writing and reading, and everything ends under the new key', async () => {
    const first = await installed();
    const second = await start();
    const admin = await adminOf(first);
    const password = await passwordOf(first);
    const digest = first.ports.sealer.digest('claim', 'user.username', 'akadmin');
    let stopped = false;
    let writes = 0;
    const load = async (core: Core): Promise<void> => {
      while (!stopped) {
        await execute(
          core.ports,
          updateUserCommand,
          { userId: admin.id, name: `name ${String((writes += 1))}` },
          context(core),
        ).catch((error: unknown) => {
          if ((error as { code?: string }).code !== 'REVISION_CONFLICT') throw error;
        });
        const state = core.ports.sealer.sealState('x', { n: writes });
        expect(core.ports.sealer.openState('x', state)).toEqual({ n: writes });
        expect(await passwordOf(core)).toBe(password);
      }
    };
    const running = [load(first), load(second)];
    const key = await rotate(first);
    await expect.poll(() => second.ring.active).toBe(key);
    const done = await rewrap(first.backgroundPool, first.ring);
    const atRotation = writes;
    await expect.poll(() => writes).toBeGreaterThan(atRotation + 10);
    stopped = true;
    await Promise.all(running);
    expect(done).toBeGreaterThan(5);
    await rewrap(first.backgroundPool, first.ring);
    expect(await sealedUnderOthers(first)).toBe(0);
    expect(second.ports.sealer.digest('claim', 'user.username', 'akadmin')).toBe(digest);
    const events = await first.ports.sealer.openEvents(await first.ports.store.readStream('keyring-main'));
    expect(events.map((event) => [event.type, event.data])).toEqual([
      ['keyring.key.activated', { keyId: key, was: first.ring.founder }],
    ]);
  }, 60_000);

  it('a run that is stopped goes on where it stood; both forms are read meanwhile', async () => {
    const core = await installed();
    await rotate(core);
    const all = await sealedUnderOthers(core);
    const abort = new AbortController();
    await rewrap(core.backgroundPool, core.ring, () => abort.abort(), abort.signal);
    const left = await sealedUnderOthers(core);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(all);
    expect(await passwordOf(core)).toContain('argon2id');
    expect(await rewrap(core.backgroundPool, core.ring)).toBe(left);
    expect(await sealedUnderOthers(core)).toBe(0);
  });

  it('refuses to start without a key that something needs, and names it; without one that nothing needs it starts', async () => {
    const core = await installed();
    const founder = core.ring.founder;
    const newest = await rotate(core);
    await stopAll();
    const oldFile = join(folder, 'keys', 'master.key');
    const newFile = join(folder, 'keys', `master-${newest}.key`);
    renameSync(newFile, `${newFile}.away`);
    await expect(start()).rejects.toThrow(`The master key ${newest} is missing`);
    renameSync(`${newFile}.away`, newFile);
    renameSync(oldFile, `${oldFile}.away`);
    await expect(start()).rejects.toThrow(`The master key ${founder} is missing`);
    renameSync(`${oldFile}.away`, oldFile);
    const again = await start();
    await rewrap(again.backgroundPool, again.ring);
    await stopAll();
    rmSync(oldFile);
    const without = await start();
    expect(await passwordOf(without)).toContain('argon2id');
    expect((await adminOf(without)).username).toBe('akadmin');
  });

  it('retires a key only when nothing needs it, and never the active one', async () => {
    const core = await installed();
    const { founder } = core.ring;
    await expect(retireKey(core.pool, core.ring, founder)).rejects.toThrow('the active one');
    await rotate(core);
    await expect(retireKey(core.pool, core.ring, founder)).rejects.toThrow('still needed');
    await rewrap(core.backgroundPool, core.ring);
    await retireKey(core.pool, core.ring, founder);
    expect((await ringKeys(core.pool)).map((key) => key.state)).toEqual(['retired', 'active']);
  });

  it('refuses a ciphertext that was moved to another row', async () => {
    const core = await installed();
    const admin = await adminOf(core);
    await execute(
      core.ports,
      setPasswordCommand,
      { userId: admin.id, password: 'another long password' },
      context(core),
    );
    await core.pool.query(
      `update es.vault v set sealed = o.sealed from es.vault o where v.ref = o.ref and v.version = 2 and o.version = 1`,
    );
    await core.ports.readModels.waitFor(await core.ports.store.head(), 5000);
    await expect(passwordOf(core)).rejects.toThrow();
    const { rows } = await core.pool.query(
      `update keys.subject_key k set wrapped = o.wrapped from keys.subject_key o
        where k.subject = $1 and o.subject <> $1 returning k.subject`,
      [admin.id],
    );
    expect(rows.length).toBe(1);
    await stopAll();
    const again = startCore(settings(), database.connection, silent).then((core) => {
      cores.push(core);
      return core.ports.store
        .readStream(`user-${admin.id}`)
        .then((events) => core.ports.sealer.openEvents(events));
    });
    await expect(again).rejects.toThrow();
  });

  it('takes keys from the environment: the current one, and those before it', async () => {
    const [one, two] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
    const withKeys = (current: string, previous?: string) =>
      readSettings({
        MUNIMENT_DATA_DIR: folder,
        MUNIMENT_MASTER_KEY: current,
        MUNIMENT_MASTER_KEY_PREVIOUS: previous,
        MUNIMENT_BOOTSTRAP_PASSWORD: 'correct horse battery',
      });
    const open = async (given: ReturnType<typeof withKeys>): Promise<Core> => {
      const core = await startCore(given, database.connection, silent);
      cores.push(core);
      return core;
    };
    const first = await open(withKeys(one));
    await bootstrap(first.ports, bootstrapOptions(withKeys(one)));
    await expect(nextKey(first.pool, keySource(withKeys(one)))).rejects.toThrow(
      'MUNIMENT_MASTER_KEY_PREVIOUS',
    );
    await stopAll();
    await expect(open(withKeys(two))).rejects.toThrow(/master key [0-9a-f]{16} is missing/);
    const second = await open(withKeys(two, one));
    await activateKey(second.pool, second.ring, await nextKey(second.pool, keySource(withKeys(two, one))));
    await rewrap(second.backgroundPool, second.ring);
    await stopAll();
    const third = await open(withKeys(two));
    expect((await adminOf(third)).username).toBe('akadmin');
  });
});

it('D5: who was erased stays erased when an older backup of the keys comes back', async () => {
  const core = await installed();
  const { output } = await execute(core.ports, createUserCommand, { username: 'mallory' }, context(core));
  const backup = await core.pool.query<{ rows: string }>(
    'select jsonb_agg(k) as rows from keys.subject_key k',
  );
  await execute(
    core.ports,
    eraseSubjectCommand,
    { userId: output.userId, legalBasis: 'objection' },
    context(core, 'asked'),
  );
  await core.ports.subjects.shred(output.userId);
  await core.ports.readModels.waitFor(await core.ports.store.head(), 5000);
  await stopAll();
  const client = new pg.Client(database.connection);
  await client.connect();
  await client.query('truncate keys.erased_subject, keys.subject_key');
  await client.query(
    'insert into keys.subject_key select * from jsonb_populate_recordset(null::keys.subject_key, $1::jsonb)',
    [JSON.stringify(backup.rows[0]!.rows)],
  );
  const keysOf = async (): Promise<number> =>
    (await client.query('select 1 from keys.subject_key where subject = $1', [output.userId])).rowCount!;
  expect(await keysOf()).toBe(1);
  const again = await start();
  expect(await keysOf()).toBe(0);
  const events = await again.ports.sealer.openEvents(
    await again.ports.store.readStream(`user-${output.userId}`),
  );
  expect(events[0]!.data).toMatchObject({ username: '[erased]' });
  await client.end();
});
