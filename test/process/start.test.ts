import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client, type Answer } from '../support/client.js';
import { Installation } from '../support/process.js';
import { createDatabase, databaseUrl } from '../support/database.js';

const password = 'a long enough password';
const setup = { email: 'first@example.com', password, password_repeat: password };

let installation: Installation;

const names = (client: Client): Promise<string[]> =>
  client
    .graphql('{ users(first: 200) { nodes { username } } }')
    .then((answer) => answer.body.data.users.nodes.map((node: any) => node.username as string));

describe('a first start on an empty folder', () => {
  beforeEach(async () => {
    installation = await Installation.create();
    await installation.start();
  });
  afterEach(() => installation.destroy());

  it('says one line a person needs, answers on both ports, and stops on SIGTERM', async () => {
    await expect.poll(() => installation.output).toMatch(/\/if\/flow\/initial-setup\/\?code=[\w-]{16}$/m);
    expect(installation.output.trim().split('\n')).toHaveLength(1);
    expect((await fetch(`${installation.baseUrl}/-/health/live/`)).status).toBe(200);
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect((await fetch(`${installation.secureUrl}/-/health/ready/`)).status).toBe(200);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
    expect(await installation.run(['healthcheck'])).toMatchObject({ code: 0, stdout: 'ready\n' });
    expect(await installation.signal('SIGTERM')).toBe(0);
    expect(() => process.kill(installation.postmaster, 0)).toThrow();
    expect((await installation.run(['healthcheck'])).code).toBe(1);
  });

  it('keeps keys and passwords to their owner', () => {
    for (const name of readdirSync(join(installation.folder, 'keys')))
      expect([name, statSync(join(installation.folder, 'keys', name)).mode & 0o077]).toEqual([name, 0]);
  });

  it('R2: after kill -9 of Node, of Postgres, and of both every acknowledged step is there', async () => {
    const client = new Client(installation.baseUrl);
    await client.flow('initial-setup', [setup]);
    const create = async (username: string): Promise<void> => {
      const answer = await client.graphql(
        'mutation($u: String!) { createUser(input: { username: $u }) { position } }',
        { u: username },
      );
      expect(answer.body.errors).toBeUndefined();
    };
    await create('before-node');
    await installation.signal('SIGKILL');
    await installation.start();
    expect(await names(client)).toEqual(['akadmin', 'before-node']);

    await create('before-postgres');
    process.kill(installation.postmaster, 'SIGKILL');
    for (let n = 0; ; n += 1) {
      const answer = await client.graphql(
        'mutation { createUser(input: { username: "after-postgres" }) { position } }',
      );
      if (answer.body.data?.createUser) break;
      // Until it is back the answer is a clear one, never an unexpected error.
      expect([answer.status, answer.body.errors?.[0]?.extensions?.code ?? answer.body.code]).toEqual([
        503,
        'DEPENDENCY_UNAVAILABLE',
      ]);
      expect(n).toBeLessThan(200);
      await delay(50);
    }

    process.kill(installation.postmaster, 'SIGKILL');
    await installation.signal('SIGKILL');
    await installation.start();
    expect((await names(client)).sort()).toEqual([
      'after-postgres',
      'akadmin',
      'before-node',
      'before-postgres',
    ]);
    const log = await client.graphql(
      '{ auditEntries(filter: { actions: ["login", "model_created"], targetType: "user" }) { nodes { action targetLabel } } }',
    );
    expect(
      log.body.data.auditEntries.nodes.filter((entry: any) => entry.targetLabel === 'before-postgres'),
    ).toHaveLength(1);
    expect(log.body.data.auditEntries.nodes.filter((entry: any) => entry.action === 'login')).toHaveLength(1);
  });

  it('R1: what was acknowledged before a kill is there once, what was not is there at most once', async () => {
    const client = new Client(installation.baseUrl);
    await client.flow('initial-setup', [setup]);
    const acknowledged: string[] = [];
    const tried: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      let running = true;
      const writer = (async () => {
        for (let n = 0; running; n += 1) {
          const username = `user-${String(round)}-${String(n)}`;
          tried.push(username);
          const answer = await client
            .graphql('mutation($u: String!) { createUser(input: { username: $u }) { position } }', {
              u: username,
            })
            .catch(() => null);
          if (answer?.body?.data?.createUser) acknowledged.push(username);
          else await delay(5);
        }
      })();
      await delay(200 + Math.random() * 400);
      if (round % 2 === 1) process.kill(installation.postmaster, 'SIGKILL');
      await installation.signal('SIGKILL');
      running = false;
      await writer;
      await installation.start();
    }
    const present: string[] = [];
    let after: string | null = null;
    do {
      const answer: any = await client.graphql(
        'query($a: String) { users(first: 200, after: $a) { nodes { username } endCursor hasNextPage } }',
        { a: after },
      );
      present.push(...answer.body.data.users.nodes.map((node: any) => node.username as string));
      after = answer.body.data.users.hasNextPage ? (answer.body.data.users.endCursor as string) : null;
    } while (after !== null);
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(new Set(present).size).toBe(present.length);
    expect(acknowledged.filter((username) => !present.includes(username))).toEqual([]);
    expect(present.filter((username) => username !== 'akadmin' && !tried.includes(username))).toEqual([]);
  });

  it('R26: a second start on the same data is refused with one line', async () => {
    const second = await installation.run(['up']);
    expect(second.code).toBe(1);
    expect(second.stderr.trim()).toMatch(
      /^muniment: Another muniment \(process \d+\) is using this data directory\.$/,
    );
    expect(await installation.isReady()).toBe(true);
  });
});

describe('at the shell', () => {
  beforeEach(async () => {
    installation = await Installation.create({ MUNIMENT_BOOTSTRAP_PASSWORD: password });
    await installation.start();
  });
  afterEach(() => installation.destroy());

  it('A4: a recovery key signs in once, by pressing a button, and is an alert on record', async () => {
    const made = await installation.run(['create_recovery_key', '1', 'akadmin']);
    const path = made.stdout.trim().split('\n').at(-1)!;
    expect(path).toMatch(/^\/recovery\/use-token\/[\w-]+\/$/);
    const scanner = await new Client(installation.baseUrl).request('GET', path);
    expect(scanner.status).toBe(200);
    const client = new Client(installation.baseUrl);
    const [first, second] = await Promise.all([
      client.request('POST', path),
      new Client(installation.baseUrl).request('POST', path),
    ]);
    expect([first.status, second.status].sort()).toEqual([303, 404]);
    const winner = first.status === 303 ? client : null;
    expect((await new Client(installation.baseUrl).request('GET', path)).status).toBe(404);
    expect((await new Client(installation.baseUrl).request('GET', '/recovery/use-token/guess/')).status).toBe(
      404,
    );
    const admin = winner ?? client;
    if (!winner) await admin.login('akadmin', password);
    const read = (): Promise<Answer> =>
      admin.graphql('{ auditEntries(first: 50) { nodes { action severity actor { type label } context } } }');
    const login = async (): Promise<unknown> =>
      ((await read()).body.data.auditEntries.nodes as any[]).find(
        (entry) => entry.action === 'login' && entry.context.auth_method === 'recovery_key',
      );
    // The event log follows within moments; nothing on this path waits for it.
    await expect.poll(login).toMatchObject({ severity: 'alert' });
    const log = await read();
    const entries = log.body.data.auditEntries.nodes as any[];
    const created = entries.find((entry) => entry.actor.type === 'cli');
    expect(created).toMatchObject({ action: 'model_created', severity: 'alert' });
    expect(created.actor.label).toMatch(/.+@.+/);
    expect(log.text).not.toContain(path.split('/')[3]!);
  });

  it('works while the product is stopped, and names what is wrong', async () => {
    await installation.signal('SIGTERM');
    expect((await installation.run(['create_recovery_key', '1', 'akadmin'])).stdout).toContain(
      '/recovery/use-token/',
    );
    expect(await installation.run(['create_recovery_key', '1', 'nobody'])).toMatchObject({
      code: 1,
      stderr: 'muniment: There is no user named nobody.\n',
    });
    expect((await installation.run(['create_recovery_key', 'x', 'akadmin'])).stderr).toContain('years');
  });

  it('changepassword asks twice and sets the password', async () => {
    const changed = await installation.run(['changepassword', 'akadmin'], {
      stdin: 'first attempt\nsecond attempt\nthe new password\nthe new password\n',
    });
    expect(changed).toMatchObject({ code: 0 });
    expect(changed.stdout).toContain('differ');
    expect((await new Client(installation.baseUrl).login('akadmin', 'the new password')).body.component).toBe(
      'xak-flow-redirect',
    );
    expect((await new Client(installation.baseUrl).login('akadmin', password)).body.component).toBe(
      'ak-stage-password',
    );
    expect(await installation.run(['changepassword', 'akadmin'], { stdin: 'short\nshort\n' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('at least 8') as string,
    });
  });

  it('config prints every setting and masks secrets', async () => {
    const { stdout } = await installation.run(['config'], {
      env: { DATABASE_URL: 'postgres://me:hunter2@db.example:5432/muniment' },
    });
    expect(stdout).toContain('MUNIMENT_BOOTSTRAP_PASSWORD=********');
    expect(stdout).toContain('DATABASE_URL=postgres://me:********@db.example:5432/muniment');
    expect(stdout).not.toContain(password);
    expect(stdout).not.toContain('hunter2');
  });

  it.each([
    [{ MUNIMENT_LISTEN_HTP: '1' }, /Unknown setting MUNIMENT_LISTEN_HTP/],
    [{ MUNIMENT_LISTEN_HTTP: 'nowhere' }, /MUNIMENT_LISTEN_HTTP: write host:port/],
    [{ MUNIMENT_MASTER_KEY: 'c2hvcnQ=' }, /MUNIMENT_MASTER_KEY: write 32 bytes/],
  ])('a wrong setting is named: %j', async (env, message) => {
    await installation.signal('SIGTERM');
    const { code, stderr } = await installation.run(['up'], { env });
    expect([code, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toMatch(message);
  });

  it('D4: refuses to start without the key the data was written under', async () => {
    await installation.signal('SIGTERM');
    rmSync(join(installation.folder, 'keys', 'master.key'));
    const { code, stderr } = await installation.run(['up']);
    expect([code, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toMatch(/The master key [0-9a-f]{16} is missing/);
  });

  it('nothing secret is in the logs', () => {
    const log = installation.output + readFileSync(join(installation.folder, 'postgres.log'), 'utf8');
    expect(log).not.toContain(password);
    expect(log).not.toContain(readFileSync(join(installation.folder, 'keys', 'master.key'), 'utf8').trim());
  });
});

describe("a Postgres of one's own", () => {
  it('is used when DATABASE_URL names it', async () => {
    const database = await createDatabase();
    installation = await Installation.create({
      DATABASE_URL: databaseUrl(database),
      MUNIMENT_BOOTSTRAP_PASSWORD: password,
    });
    try {
      await installation.start();
      expect((await new Client(installation.baseUrl).login('akadmin', password)).body.component).toBe(
        'xak-flow-redirect',
      );
      expect(readdirSync(installation.folder)).not.toContain('postgres');
      await installation.signal('SIGTERM');
    } finally {
      await installation.destroy();
      await database.drop();
    }
  });

  it.each([
    ['nothing listens', 'postgres://me:secret@127.0.0.1:1/x', /no Postgres answers at 127\.0\.0\.1:1/],
    ['an unknown host', 'postgres://me:secret@no-such-host.invalid/x', /no Postgres answers/],
    ['another protocol', 'mysql://localhost/x', /DATABASE_URL/],
  ])('%s: one clear line and exit code 1', async (_what, url, message) => {
    installation = await Installation.create({ DATABASE_URL: url });
    try {
      const { code, stdout, stderr } = await installation.run(['up']);
      expect([code, stdout, stderr.trim().split('\n').length]).toEqual([1, '', 1]);
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain('secret');
    } finally {
      await installation.destroy();
    }
  });

  it('a wrong password or database: one clear line and exit code 1', async () => {
    const { connection, drop } = await createDatabase();
    const { host, user, password: secret, database } = connection as Record<string, string>;
    const url = (pass: string, name: string): string =>
      `postgres://${user!}:${encodeURIComponent(pass)}@localhost/${name}?host=${encodeURIComponent(host!)}`;
    installation = await Installation.create();
    try {
      expect(
        await installation.run(['up'], { env: { DATABASE_URL: url('wrong', database!) } }),
      ).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /^muniment: DATABASE_URL: Postgres at \S+ refuses the user or password\.\n$/,
        ) as string,
      });
      expect(
        await installation.run(['up'], { env: { DATABASE_URL: url(secret!, 'no_such_database') } }),
      ).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /^muniment: DATABASE_URL: Postgres at \S+ has no such database\.\n$/,
        ) as string,
      });
    } finally {
      await installation.destroy();
      await drop();
    }
  });
});
