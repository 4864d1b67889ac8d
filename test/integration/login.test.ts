import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { endLapsedAccessCommand } from '../../commands/access/end-lapsed-access.js';
import { stageSession } from '../../commands/access/start-session.js';
import { defineCommand } from '../../commands/command.js';
import { execute } from '../../commands/pipeline.js';
import { systemContext } from '../../commands/system-context.js';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { Client } from '../support/client.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';

let product: Product;
const password = 'a long enough password';

const createUser = async (
  username: string,
  options: { isActive?: boolean; password?: string } = {},
): Promise<string> => {
  const { userId } = await product.run(createUserCommand, { username, email: `${username}@example.com` });
  await product.run(setPasswordCommand, { userId, password: options.password ?? password });
  if (options.isActive === false) await product.run(updateUserCommand, { userId, isActive: false });
  return userId;
};

const newest = async (client: Client, filter: string, first = 20): Promise<any[]> => {
  await product.settle();
  return (
    await client.admin(
      `{ auditEntries(first: ${String(first)}, filter: ${filter}) { nodes { action outcome reason actor { type label } targetType targetId targetLabel context } } }`,
    )
  ).auditEntries.nodes;
};

beforeAll(async () => {
  product = await startProduct({ MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP: '1000' });
});
afterAll(() => product.stop());

describe('signing in', () => {
  it('goes through the default flow, sets a cookie, and is on record', async () => {
    const userId = await createUser('ana');
    const client = new Client(product.baseUrl);
    const done = await client.login('ana', password, 'next=%2Fif%2Fadmin%2F');
    expect(done.body).toMatchObject({ component: 'xak-flow-redirect', to: '/if/admin/' });
    const me = await client.graphql('{ me { user { username lastLogin } canAdminister } }');
    expect(me.body.data.me).toMatchObject({ user: { username: 'ana' }, canAdminister: false });
    expect(me.body.data.me.user.lastLogin).not.toBeNull();
    const entries = await newest(client, `{targetId: "${userId}", actions: ["login"]}`);
    expect(entries).toMatchObject([
      {
        action: 'login',
        actor: { type: 'user', label: 'ana' },
        targetLabel: 'ana',
        context: { auth_method: 'password' },
      },
    ]);
  });

  it('finds people by e-mail address and in any case', async () => {
    await createUser('Berta');
    expect((await new Client(product.baseUrl).login('BERTA@example.com', password)).body.component).toBe(
      'xak-flow-redirect',
    );
    expect((await new Client(product.baseUrl).login(' berta ', password)).body.component).toBe(
      'xak-flow-redirect',
    );
  });

  it('F3: one account however its name is written', async () => {
    await createUser('carla');
    for (const username of ['CARLA', 'ｃａｒｌａ', ' carla ', 'carla@example.com'])
      await expect(product.run(createUserCommand, { username })).rejects.toMatchObject({
        code: 'CLAIM_TAKEN',
        fields: [{ path: 'username' }],
      });
  });

  it('a failed login is on record: the account when there is one, a digest when there is none', async () => {
    const userId = await createUser('dora');
    const client = new Client(product.baseUrl);
    await client.login('dora', 'wrong');
    await client.login('nobody-of-this-name', 'wrong');
    const [unknown, known] = await newest(client, '{actions: ["login_failed"]}');
    expect(known).toMatchObject({ outcome: 'failure', reason: 'wrong_password', targetId: userId });
    expect(unknown).toMatchObject({ reason: 'unknown_identifier', targetId: null });
    expect(JSON.stringify(unknown)).not.toContain('nobody-of-this-name');
  });

  it('G8: unknown, inactive and passwordless accounts look like a wrong password', async () => {
    await createUser('emil');
    await createUser('frieda', { isActive: false });
    await product.run(createUserCommand, { username: 'gustav' });
    const faces = await Promise.all(
      [
        ['emil', 'wrong'],
        ['frieda', password],
        ['gustav', password],
        ['nemo', password],
      ].map(async ([name, given]) => {
        const client = new Client(product.baseUrl);
        const asked = await client.flow('default-authentication-flow', [{ uid_field: name }]);
        const refused = await client.flow('default-authentication-flow', [
          { uid_field: name },
          { password: given },
        ]);
        const strip = (text: string): string =>
          text
            .replaceAll(name!, 'X')
            .replace(/%22%3E\w%3C|%3E\w%3C/g, '')
            .replace(/hsl[^"]*?%25\)/g, '')
            .replace(/[0-9a-f-]{36}/g, 'ID');
        return {
          asked: strip(asked.text),
          refused: strip(refused.text),
          status: refused.status,
          headers: [...refused.headers.keys()].sort(),
        };
      }),
    );
    for (const face of faces) expect(face).toEqual(faces[0]);
  });

  it('A2: a stage is left only by its own proof', async () => {
    await createUser('hanna');
    const client = new Client(product.baseUrl);
    const path = '/api/v3/flows/executor/default-authentication-flow/?query=';
    const first = await client.request('GET', path);
    const run = `${path}&execution=${first.body.flow_info.execution as string}`;
    for (const body of [
      {},
      { component: 'ak-stage-user-login', remember_me: true },
      { component: 'ak-stage-password', password },
      { component: 'ak-stage-identification' },
      { component: 'ak-stage-identification', uid_field: '' },
    ]) {
      const answer = await client.request('POST', run, { body });
      expect(answer.body.component).toBe('ak-stage-identification');
      expect(answer.body.response_errors).toBeDefined();
    }
    await client.request('POST', run, { body: { component: 'ak-stage-identification', uid_field: 'hanna' } });
    for (const body of [
      {},
      { component: 'ak-stage-identification', uid_field: 'hanna' },
      { component: 'ak-stage-user-login' },
      { component: 'ak-stage-password' },
      { component: 'ak-stage-password', password: '' },
    ]) {
      const answer = await client.request('POST', run, { body });
      expect(answer.body.component).toBe('ak-stage-password');
    }
    expect((await client.graphql('{ me { user { username } } }')).body.data.me).toBeNull();
  });

  it('A3: a run belongs to the browser that began it', async () => {
    await createUser('ida');
    const victim = new Client(product.baseUrl);
    const first = await victim.flow('default-authentication-flow', [{ uid_field: 'ida' }]);
    const thief = new Client(product.baseUrl);
    const run = `/api/v3/flows/executor/default-authentication-flow/?query=&execution=${first.body.flow_info.execution as string}`;
    expect((await thief.request('GET', run)).body.component).toBe('ak-stage-identification');
    expect(
      (await thief.request('POST', run, { body: { component: 'ak-stage-password', password } })).body
        .component,
    ).toBe('ak-stage-identification');
  });

  it('R7: ten answers at once start one session', async () => {
    const userId = await createUser('jana');
    const client = new Client(product.baseUrl);
    const asked = await client.flow('default-authentication-flow', [{ uid_field: 'jana' }]);
    const run = `/api/v3/flows/executor/default-authentication-flow/?query=&execution=${asked.body.flow_info.execution as string}`;
    const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        new Client(product.baseUrl).request('POST', run, {
          body: { component: 'ak-stage-password', password },
          headers: { cookie },
        }),
      ),
    );
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(await newest(client, `{targetId: "${userId}", actions: ["login"]}`)).toHaveLength(1);
  });

  it('B2: however many sessions there are, deactivation and a new password end them all', async () => {
    const userId = await createUser('hoarder');
    const kept = new Client(product.baseUrl);
    await kept.login('hoarder', password);
    const { ports } = product.core;
    const begin = defineCommand({
      name: 'begin',
      input: z.strictObject({ userId: id('user') }),
      access: permission('administer'),
      run: async (unit, input) => {
        const started = { ...input, authMethod: 'password', authMethodArgs: {}, amr: ['pwd'], durationMs: 0 };
        return Promise.resolve(stageSession(unit, started).sessionId);
      },
    });
    await Promise.all(
      Array.from({ length: 550 }, () => execute(ports, begin, { userId }, systemContext(ports, 'test'))),
    );
    await product.settle();
    await product.run(setPasswordCommand, { userId, password: 'another long password' });
    expect((await kept.graphql('{ me { user { id } } }')).body.data.me).toBeNull();
    for (let round = 0; round < 5; round += 1) await product.run(endLapsedAccessCommand, {});
    expect(await product.core.ports.sessions.liveSessionsOf(userId)).toEqual([]);
    await product.run(updateUserCommand, { userId, isActive: false });
  });

  it('an answer to an older step is shown what stands now', async () => {
    await createUser('kurt');
    const client = new Client(product.baseUrl);
    const asked = await client.flow('default-authentication-flow', [{ uid_field: 'kurt' }]);
    const run = `/api/v3/flows/executor/default-authentication-flow/?query=&execution=${asked.body.flow_info.execution as string}`;
    const late = await client.request('POST', `${run}&step=0`, {
      body: { component: 'ak-stage-identification', uid_field: 'somebody-else' },
    });
    expect(late.body).toMatchObject({ component: 'ak-stage-password', pending_user: 'kurt' });
  });

  it('too many wrong passwords end the run', async () => {
    await createUser('lena');
    const wrong = { password: 'wrong' };
    const end = await new Client(product.baseUrl).flow('default-authentication-flow', [
      { uid_field: 'lena' },
      wrong,
      wrong,
      wrong,
      wrong,
      wrong,
    ]);
    expect(end.body.component).toBe('ak-stage-access-denied');
  });

  it('G7: of many guesses at once no more than the limit reach the verifier, and the right one no longer helps', async () => {
    const userId = await createUser('mira');
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        new Client(product.baseUrl).login('mira', index === 39 ? password : 'wrong'),
      ),
    );
    const { rows } = await product.core.pool.query<{ reason: string; n: bigint }>(
      "select data->>'reason' as reason, count(*) as n from es.event where type = 'activity.login.failed' and data->>'userId' = $1 group by 1",
      [userId],
    );
    expect(rows.find((row) => row.reason === 'wrong_password')?.n ?? 0n).toBeLessThanOrEqual(10n);
    const late = await new Client(product.baseUrl).login('mira', password);
    expect(late.body.component).toBe('ak-stage-password');
  });

  it('a bad "next" is refused and on record', async () => {
    const client = new Client(product.baseUrl);
    for (const next of ['https://evil.example/', '//evil.example', 'javascript:alert(1)']) {
      const answer = await client.flow('default-authentication-flow', [], `next=${encodeURIComponent(next)}`);
      expect(answer.body).toMatchObject({
        component: 'ak-stage-access-denied',
        error_message: 'Invalid next URL',
      });
    }
    expect((await newest(client, '{actions: ["suspicious_request"]}'))[0]).toMatchObject({
      reason: 'unsafe_next',
    });
  });

  it('an unknown flow is 404, a body that is no object 400', async () => {
    const client = new Client(product.baseUrl);
    expect((await client.request('GET', '/api/v3/flows/executor/no-such-flow/?query=')).status).toBe(404);
    expect(
      (
        await client.request('POST', '/api/v3/flows/executor/default-authentication-flow/?query=', {
          body: [],
        })
      ).status,
    ).toBe(400);
    expect(
      (
        await client.request('POST', '/api/v3/flows/executor/default-authentication-flow/?query=', {
          body: '{"a":',
          headers: { 'content-type': 'application/json' },
        })
      ).status,
    ).toBe(400);
  });
});

describe('sessions', () => {
  it('B2: signing out ends the session at once', async () => {
    await createUser('nora');
    const client = new Client(product.baseUrl);
    await client.login('nora', password);
    const cookies = new Map(client.cookies);
    const out = await client.flow('default-invalidation-flow', []);
    expect(out.body).toMatchObject({ component: 'xak-flow-redirect', to: '/' });
    const thief = new Client(product.baseUrl);
    for (const [name, value] of cookies) thief.cookies.set(name, value);
    expect((await thief.graphql('{ me { user { username } } }')).body.data.me).toBeNull();
  });

  it.each(['deactivation', 'a new password', 'deletion of the session'])(
    'B2: %s ends the session at once',
    async (what) => {
      const username = `otto-${what.replaceAll(' ', '-')}`;
      const userId = await createUser(username);
      const client = new Client(product.baseUrl);
      await client.login(username, password);
      expect((await client.graphql('{ me { user { username } } }')).body.data.me).not.toBeNull();
      if (what === 'deactivation')
        await client.admin(
          `mutation { updateUser(id: "${userId}", input: { isActive: false }) { position } }`,
        );
      if (what === 'a new password')
        await client.admin(
          `mutation { setPassword(userId: "${userId}", password: "another good password") { position } }`,
        );
      if (what === 'deletion of the session') {
        const { user } = await client.admin(`{ user(id: "${userId}") { sessions { id } } }`);
        await client.admin(
          `mutation { endSession(sessionId: "${user.sessions[0].id as string}") { position } }`,
        );
      }
      expect((await client.graphql('{ me { user { username } } }')).body.data.me).toBeNull();
    },
  );

  it('W1: a new cookie at login, http-only and lax, host-bound and secure over TLS', async () => {
    await createUser('paula');
    const client = new Client(product.baseUrl);
    await client.request('GET', '/api/v3/flows/executor/default-authentication-flow/?query=');
    const before = client.cookies.get('muniment_session');
    await client.login('paula', password);
    expect(client.cookies.get('muniment_session')).not.toBe(before);
    const overTls = await product.app.inject({
      method: 'GET',
      url: '/api/v3/flows/executor/default-authentication-flow/?query=',
      headers: { host: 'localhost', 'x-forwarded-proto': 'https' },
    });
    expect(overTls.headers['set-cookie']).toMatch(
      /^__Host-muniment_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(overTls.headers['strict-transport-security']).toContain('max-age=');
  });

  it('W1: a cookie that somebody planted never becomes a session', async () => {
    await createUser('quirin');
    const planted = 'A'.repeat(43);
    const client = new Client(product.baseUrl);
    client.cookies.set('muniment_session', planted);
    await client.login('quirin', password);
    const attacker = new Client(product.baseUrl);
    attacker.cookies.set('muniment_session', planted);
    expect((await attacker.graphql('{ me { user { username } } }')).body.data.me).toBeNull();
  });

  it('P3: broken, doubled and oversized cookies count as none', async () => {
    await createUser('rosa');
    const client = new Client(product.baseUrl);
    await client.login('rosa', password);
    const good = client.cookies.get('muniment_session')!;
    for (const cookie of [
      `muniment_session=${good}; muniment_session=${good}`,
      `muniment_session=${good}x`,
      `muniment_session=${good.slice(1)}`,
      `muniment_session=${'x'.repeat(4000)}`,
      'muniment_session=',
      `muniment_session="${good}"`,
    ]) {
      const answer = await new Client(product.baseUrl).request('POST', '/graphql', {
        body: { query: '{ me { user { username } } }' },
        headers: { cookie },
      });
      expect(answer.body.data.me).toBeNull();
    }
  });

  it('tabs: a login in one lets a run that was open in another go on', async () => {
    await createUser('sven');
    const client = new Client(product.baseUrl);
    const path = '/api/v3/flows/executor/default-authentication-flow/?query=';
    const other = await client.request('GET', `${path}next%3D%252Fother%252F`);
    await client.login('sven', password);
    const resumed = await client.request(
      'GET',
      `${path}next%3D%252Fother%252F&execution=${other.body.flow_info.execution as string}`,
    );
    expect(resumed.body.flow_info.execution).toBe(other.body.flow_info.execution);
  });
});

describe('the edge', () => {
  it('W2: a page of another site cannot act', async () => {
    const client = new Client(product.baseUrl);
    await client.login('akadmin', adminPassword);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      expect(
        (
          await client.request('POST', '/api/v3/flows/executor/default-invalidation-flow/?query=', {
            body: {},
            headers,
          })
        ).status,
      ).toBe(403);
      expect(
        (await client.request('GET', '/api/v3/flows/executor/default-invalidation-flow/?query=', { headers }))
          .status,
      ).toBe(403);
      expect(
        (await client.request('POST', '/graphql', { body: { query: '{ me { canAdminister } }' }, headers }))
          .status,
      ).toBe(403);
    }
    expect((await client.graphql('{ me { user { username } } }')).body.data.me.user.username).toBe('akadmin');
  });

  it('W2: forms and other simple content types reach no state', async () => {
    const client = new Client(product.baseUrl);
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/graphql',
      'application/json2',
    ]) {
      expect(
        (
          await client.request('POST', '/graphql', {
            body: '{"query":"{ me { canAdminister } }"}',
            headers: { 'content-type': type },
          })
        ).status,
      ).toBeGreaterThanOrEqual(400);
      expect(
        (
          await client.request('POST', '/api/v3/flows/executor/default-authentication-flow/?query=', {
            body: 'a=b',
            headers: { 'content-type': type },
          })
        ).status,
      ).toBeGreaterThanOrEqual(400);
    }
  });

  it('W5: hosts that are not ours are not served', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', 'notlocalhost'])
      expect((await product.app.inject({ method: 'GET', url: '/', headers: { host } })).statusCode).toBe(421);
    const forged = await product.app.inject({
      method: 'GET',
      url: '/',
      headers: { host: 'localhost', 'x-forwarded-host': 'evil.example' },
    });
    expect(forged.statusCode).toBe(421);
  });

  it('A1, P5: a forwarded address that is none is refused, never ignored', async () => {
    const answer = await product.app.inject({
      method: 'GET',
      url: '/api/v3/flows/executor/default-authentication-flow/?query=',
      headers: { host: 'localhost', 'x-forwarded-for': 'a' },
    });
    expect(answer.statusCode).toBe(400);
  });

  it('plain HTTP from elsewhere is sent to the secure address', async () => {
    const get = await product.app.inject({
      method: 'GET',
      url: '/if/user/?a=1',
      headers: { host: 'localhost', 'x-forwarded-for': '203.0.113.9' },
    });
    expect([get.statusCode, get.headers.location]).toEqual([308, 'https://localhost:9443/if/user/?a=1']);
    const post = await product.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { host: 'localhost', 'x-forwarded-for': '203.0.113.9' },
      payload: {},
    });
    expect(post.statusCode).toBe(403);
  });

  it('every answer carries the headers that keep browsers strict', async () => {
    const { headers } = await new Client(product.baseUrl).request('GET', '/-/health/live/');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-authentik-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('G7: one address', () => {
  it('is turned away after too many failures, whatever the accounts', async () => {
    const strict = await startProduct({ MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP: '5' });
    try {
      for (let n = 0; n < 5; n += 1) await new Client(strict.baseUrl).login(`stranger${String(n)}`, 'wrong');
      const refused = await new Client(strict.baseUrl).login('akadmin', adminPassword);
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).not.toBeNull();
    } finally {
      await strict.stop();
    }
  });
});
