import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endLapsedAccessCommand } from '../../commands/access/end-lapsed-access.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { deleteUserCommand } from '../../commands/directory/delete-user.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { group } from '../../domain/directory/group/model.js';
import { Client, type Answer } from '../support/client.js';
import { later } from '../support/later.js';
import { adminPassword, adminToken, startProduct, type Product } from '../support/product.js';
import { authorizeUrl, basic, createPerson, newPkce, password, post, redeem } from '../support/oauth.js';
import { browse, createRelyingParty } from '../support/relying-party.js';

let product: Product;
let jane: string;
let admin: Client;

const bearer = { authorization: `Bearer ${adminToken}` };
const startDocument =
  'mutation ($input: StartImpersonationInput!) { startImpersonation(input: $input) { position } }';
const start = (
  client: Client,
  userId: string,
  reason = 'Ticket 4711',
  headers: Record<string, string> = {},
): Promise<Answer> => client.graphql(startDocument, { input: { userId, reason } }, headers);
const stop = (client: Client): Promise<Answer> =>
  client.graphql('mutation { stopImpersonation { position } }');
const codeOf = (answer: Answer): string | null => answer.body.errors?.[0]?.extensions.code ?? null;
const who = async (client: Client): Promise<any> =>
  (await client.graphql('{ me { user { username } impersonator impersonationExpiresAt canAdminister } }'))
    .body.data.me;
const signIn = async (name: string, secret: string, at: Product = product): Promise<Client> => {
  const client = new Client(at.baseUrl);
  await client.login(name, secret);
  return client;
};
const superuser = async (username: string): Promise<string> => {
  const userId = await createPerson(product, username);
  const groupId = product.core.ports.config.all(group).find((candidate) => candidate.values.isSuperuser)!.id;
  await product.run(grantMembershipCommand, { userId, groupId });
  return userId;
};
const entries = async (where: string): Promise<any[]> => {
  await product.settle();
  const data = await admin.admin(
    `{ auditEntries(first: 5, filter: ${where}) { nodes { action actor { label } onBehalfOf { label } targetLabel comment severity context } } }`,
  );
  return data.auditEntries.nodes as any[];
};

beforeAll(async () => {
  product = await startProduct();
  jane = await createPerson(product, 'jane');
});
afterAll(() => product.stop());
beforeEach(async () => {
  admin = await signIn('akadmin', adminPassword);
});

describe('acting as somebody else', () => {
  it('I2: starts with a reason, names both on record, and stops', async () => {
    expect(codeOf(await start(admin, jane))).toBeNull();
    expect(await who(admin)).toMatchObject({
      user: { username: 'jane' },
      impersonator: 'akadmin',
      canAdminister: false,
    });
    const [started] = await entries('{ actions: ["impersonation_started"] }');
    expect(started).toMatchObject({
      actor: { label: 'akadmin' },
      targetLabel: 'jane',
      comment: 'Ticket 4711',
      severity: 'warning',
    });
    expect(codeOf(await stop(admin))).toBeNull();
    expect(await who(admin)).toMatchObject({ user: { username: 'akadmin' }, impersonator: null });
    const [ended] = await entries('{ actions: ["impersonation_ended"] }');
    expect(ended).toMatchObject({
      actor: { label: 'akadmin' },
      onBehalfOf: { label: 'jane' },
      targetLabel: 'jane',
      context: { cause: 'stopped' },
    });
    expect(codeOf(await stop(admin))).toBeNull();
  });

  it('I2: tokens name the administrator, and end with the impersonation', async () => {
    const party = await createRelyingParty(product);
    await start(admin, jane);
    const pkce = newPkce();
    const arrival = await browse(
      admin,
      product,
      authorizeUrl(party, { scope: 'openid profile offline_access' }, pkce),
    );
    const tokens = await redeem(
      new Client(product.baseUrl),
      party,
      arrival.url.searchParams.get('code')!,
      pkce,
    );
    const payload = JSON.parse(
      Buffer.from(tokens.body.id_token.split('.')[1], 'base64url').toString(),
    ) as Record<string, any>;
    expect(payload).toMatchObject({ preferred_username: 'jane' });
    expect(payload['act'].sub).not.toBe(payload['sub']);
    expect(tokens.body.refresh_token).toBeUndefined();
    const [entry] = await entries('{ actions: ["authorize_application"] }');
    expect(entry).toMatchObject({ actor: { label: 'akadmin' }, onBehalfOf: { label: 'jane' } });
    const introspect = async (): Promise<boolean> =>
      (
        await post(
          new Client(product.baseUrl),
          '/application/o/introspect/',
          { token: tokens.body.access_token as string },
          { authorization: basic(party) },
        )
      ).body.active as boolean;
    expect(await introspect()).toBe(true);
    await stop(admin);
    expect(await introspect()).toBe(false);
  });
});

describe('I1: who may start', () => {
  it('needs the permission, a reason, a browser, somebody else, and no other impersonation', async () => {
    const own = (await admin.admin('{ users(search: "akadmin") { nodes { id } } }')).users.nodes[0]
      .id as string;
    const person = await signIn('jane', password);
    expect(codeOf(await start(person, own))).toBe('FORBIDDEN');
    expect(codeOf(await start(new Client(product.baseUrl), jane))).toBe('UNAUTHENTICATED');
    expect(codeOf(await start(new Client(product.baseUrl), jane, 'why', bearer))).toBe('FORBIDDEN');
    expect(codeOf(await start(admin, own))).toBe('IMPERSONATION_SELF');
    expect(codeOf(await start(admin, '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f'))).toBe('NOT_FOUND');
    const wordy = await start(admin, jane, 'x'.repeat(501));
    expect(wordy.body.errors[0].extensions.fields).toMatchObject([{ path: 'reason' }]);
    const unexplained = await start(admin, jane, '  ');
    expect(unexplained.body.errors[0].extensions).toMatchObject({
      code: 'INVALID_INPUT',
      fields: [{ path: 'reason' }],
    });
    expect(await who(admin)).toMatchObject({ impersonator: null });
  });

  it('B1: nobody acts as somebody who is shut out', async () => {
    const userId = await createPerson(product, 'locked-out');
    await start(admin, userId);
    await product.run(updateUserCommand, { userId, isActive: false });
    expect(await who(admin)).toMatchObject({ user: { username: 'akadmin' } });
    await product.run(endLapsedAccessCommand, {});
    expect(codeOf(await start(admin, userId))).toBe('FORBIDDEN');
  });

  it('cannot be nested, whoever is impersonated', async () => {
    const second = await superuser('second');
    await start(admin, second);
    expect(codeOf(await start(admin, jane))).toBe('IMPERSONATION_NESTED');
    await stop(admin);
    await start(admin, jane);
    expect(codeOf(await start(admin, second))).toBe('FORBIDDEN');
    expect(await who(admin)).toMatchObject({ user: { username: 'jane' } });
  });

  it('needs a login of the last five minutes', async () => {
    await later(product, 5 * 60_000 + 1000, async () => {
      expect(codeOf(await start(admin, jane))).toBe('STALE_AUTHENTICATION');
    });
    expect(codeOf(await start(admin, jane))).toBeNull();
  });

  it('tells for each user whether it is possible', async () => {
    const ask = async (client: Client): Promise<Record<string, boolean>> => {
      const { body } = await client.graphql('{ users(first: 50) { nodes { username canImpersonate } } }');
      return Object.fromEntries(
        body.data.users.nodes.map((row: any) => [row.username as string, row.canImpersonate as boolean]),
      );
    };
    expect(await ask(admin)).toMatchObject({ jane: true, akadmin: false });
    const { body } = await (
      await signIn('jane', password)
    ).graphql(`{ user(id: "${jane}") { canImpersonate } }`);
    expect(body.data.user.canImpersonate).toBe(false);
  });
});

describe('I3: what stays out of reach, and when it ends', () => {
  const second = '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f';

  it.each([
    [
      'password',
      (id: string) => `setPassword(userId: "${id}", password: "another long password") { position }`,
    ],
    ['profile', (id: string) => `updateUser(id: "${id}", input: { email: "x@example.com" }) { position }`],
    ['account', (id: string) => `deleteUser(id: "${id}") { position }`],
    ['token', (id: string) => `createToken(userId: "${id}", identifier: "mine") { position }`],
    ['revocation of a token', () => `revokeToken(tokenId: "${second}") { position }`],
    ['secret of a client', () => `rotateClientSecret(id: "${second}") { position }`],
    [
      'view of a secret',
      () => `viewOAuth2ProviderSecret(id: "${second}", field: "clientSecret") { position }`,
    ],
  ])('%s', async (_name, mutation) => {
    const boss = await superuser(`boss-${_name.replaceAll(' ', '-')}`);
    await start(admin, boss);
    const answer = await admin.graphql(`mutation { ${mutation(boss)} }`);
    expect(codeOf(answer), JSON.stringify(answer.body)).toBe('CREDENTIALS_PROTECTED');
  });

  it('ends after its time, and that is put on record', async () => {
    await start(admin, jane);
    await later(product, 60 * 60_000 + 1000, async () => {
      expect(await who(admin)).toMatchObject({ user: { username: 'akadmin' }, impersonator: null });
      await product.run(endLapsedAccessCommand, {});
    });
    const [entry] = await entries(`{ actions: ["impersonation_ended"], targetId: "${jane}" }`);
    expect(entry).toMatchObject({ targetLabel: 'jane', context: { cause: 'expired' } });
  });

  it('another may begin as soon as the time of the first is over', async () => {
    const short = await startProduct({ MUNIMENT_IMPERSONATION_DURATION: 'seconds=60' });
    try {
      const { userId } = await short.run(createUserCommand, { username: 'jane', email: 'j@example.com' });
      const client = await signIn('akadmin', adminPassword, short);
      expect(codeOf(await start(client, userId))).toBeNull();
      await later(short, 61_000, async () => {
        expect(codeOf(await start(client, userId))).toBeNull();
        expect(await who(client)).toMatchObject({ user: { username: 'jane' } });
      });
    } finally {
      await short.stop();
    }
  });

  it('ends when the right to it is lost', async () => {
    const boss = await superuser('former-boss');
    const client = await signIn('former-boss', password);
    await start(client, jane);
    expect(await who(client)).toMatchObject({ user: { username: 'jane' } });
    const groupId = product.core.ports.config.all(group).find((each) => each.values.isSuperuser)!.id;
    await admin.admin(`mutation { revokeMembership(groupId: "${groupId}", userId: "${boss}") { position } }`);
    expect(await who(client)).toMatchObject({ user: { username: 'former-boss' }, impersonator: null });
    await product.run(endLapsedAccessCommand, {});
    const [entry] = await entries('{ actions: ["impersonation_ended"] }');
    expect(entry).toMatchObject({ context: { cause: 'right_lost' } });
  });

  it('ends when the person is promoted above, deleted, or the administrator deactivated', async () => {
    const { userId } = await product.run(createUserCommand, { username: 'gone', email: 'gone@example.com' });
    await start(admin, userId);
    await product.run(deleteUserCommand, { userId });
    expect(await who(admin)).toMatchObject({ user: { username: 'akadmin' } });
    const boss = await superuser('leaving-boss');
    const client = await signIn('leaving-boss', password);
    await start(client, jane);
    await product.run(updateUserCommand, { userId: boss, isActive: false });
    expect(await who(client)).toBeNull();
    const [entry] = await entries('{ actions: ["impersonation_ended"] }');
    expect(entry).toMatchObject({ targetLabel: 'jane', context: { cause: 'session_ended' } });
  });

  it('ends with the session: a logout signs the administrator out as well', async () => {
    await start(admin, jane);
    await admin.flow('default-invalidation-flow', []);
    expect(await who(admin)).toBeNull();
  });
});

it('sessions past their end are ended on record', async () => {
  const person = await signIn('jane', password);
  await product.settle();
  await later(product, 400 * 24 * 60 * 60_000, async () => {
    expect(await who(person)).toBeNull();
    await product.run(endLapsedAccessCommand, {});
  });
  const [entry] = await entries(`{ actions: ["logout"], targetId: "${jane}" }`);
  expect(entry).toMatchObject({ context: { logout_reason: 'expired' } });
});

it('can be switched off by the operator', async () => {
  const other = await startProduct({ MUNIMENT_IMPERSONATION: 'off' });
  try {
    const { userId } = await other.run(createUserCommand, { username: 'jane', email: 'j@example.com' });
    await other.run(setPasswordCommand, { userId, password });
    const client = await signIn('akadmin', adminPassword, other);
    expect(codeOf(await start(client, userId))).toBe('FEATURE_DISABLED');
    const config = await client.request('GET', '/api/v3/root/config/');
    expect(config.body.capabilities).toEqual([]);
  } finally {
    await other.stop();
  }
});
