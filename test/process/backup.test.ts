import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { createDatabase, databaseUrl, type TestDatabase } from '../support/database.js';
import { Installation } from '../support/process.js';
import { adminPassword, adminToken } from '../support/product.js';

const bootstrap = { MUNIMENT_BOOTSTRAP_PASSWORD: adminPassword, MUNIMENT_BOOTSTRAP_TOKEN: adminToken };
let folder: string;
let first: Installation;
let second: Installation;
let database: TestDatabase;
/** Username and position of every user that was acknowledged. */
const acknowledged: [string, number][] = [];
let position = 0;

const at = (name: string): string => join(folder, name);
const createUser = async (installation: Installation, username: string): Promise<string> => {
  const { createUser } = await new Client(installation.baseUrl).admin(
    'mutation ($u: String!) { createUser(input: { username: $u }) { position user { id } } }',
    { u: username },
  );
  return createUser.position as string;
};
const usernames = async (installation: Installation): Promise<Set<string>> => {
  const { users } = await new Client(installation.baseUrl).admin(
    '{ users(first: 200) { nodes { username } } }',
  );
  return new Set(users.nodes.map((user: { username: string }) => user.username));
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-backups-'));
  database = await createDatabase();
  first = await Installation.create(bootstrap);
  await first.start();
}, 120_000);
afterAll(async () => {
  await first.destroy();
  await second.destroy();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('R19: backup and restore of the running product', () => {
  it('a backup under load holds everything that was acknowledged before its position', async () => {
    let stopped = false;
    const load = async (): Promise<void> => {
      for (let n = 0; !stopped && n < 150; n += 1) {
        const told = await createUser(first, `person-${String(n)}`);
        acknowledged.push([`person-${String(n)}`, Number(told.split('.')[1])]);
      }
    };
    const running = load();
    const { code, stdout } = await first.run(['backup', at('log'), '--keys', at('keys')]);
    stopped = true;
    await running;
    expect(code).toBe(0);
    position = Number(/up to position (\d+)/.exec(stdout)?.[1]);
    const within = acknowledged.filter(([, told]) => told <= position);
    expect(within.length).toBeGreaterThan(0);
    expect((await first.run(['backup', at('log')])).stderr).toContain('holds a finished backup');
    expect((await first.run(['backup', at('x'), '--keys', at('x/keys')])).stderr).toContain(
      'apart from the backup',
    );
    await first.signal('SIGKILL');
    second = await Installation.create(bootstrap);
    const without = await second.run(['restore', at('log')]);
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('--keys')]);
    const restored = await second.run(['restore', at('log'), '--keys', at('keys')]);
    expect([restored.code, restored.stderr]).toEqual([0, expect.stringContaining('All rows are restored')]);
    await second.start();
    const found = await usernames(second);
    for (const [username] of within) expect(found).toContain(username);
    for (const [username, told] of acknowledged) if (told > position) expect(found).not.toContain(username);
    const browser = new Client(second.baseUrl);
    const login = await browser.login('akadmin', adminPassword);
    expect(login.body.component).toBe('xak-flow-redirect');
    await createUser(second, 'written-after');
    const old = await browser.graphql(
      '{ me { user { username } } }',
      {},
      {
        'muniment-min-position': `00000000-0000-4000-8000-000000000000.1`,
      },
    );
    expect(old.body.errors[0].extensions.code).toBe('FOREIGN_POSITION');
    const verified = await second.run(['verify', '--json']);
    expect([verified.code, JSON.parse(verified.stdout)]).toEqual([
      0,
      expect.objectContaining({ verified: true }),
    ]);
    const full = await second.run(['restore', at('log'), '--keys', at('keys')]);
    expect([full.code, full.stderr]).toEqual([1, expect.stringContaining('is using this data directory')]);
  });

  it('moves into a Postgres of its own', async () => {
    const env = { DATABASE_URL: databaseUrl(database) };
    const moved = await Installation.create({ ...bootstrap, ...env });
    try {
      const restored = await moved.run(['restore', at('log'), '--keys', at('keys')]);
      expect([restored.code, restored.stderr]).toEqual([0, expect.stringContaining('All rows are restored')]);
      await moved.start();
      const found = await usernames(moved);
      for (const [username, told] of acknowledged) expect(found.has(username)).toBe(told <= position);
      const again = await moved.run(['restore', at('log'), '--keys', at('keys')]);
      expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is not empty')]);
    } finally {
      await moved.destroy();
    }
  });
});
