import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endLapsedAccessCommand } from '../../commands/access/end-lapsed-access.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { deleteUserCommand } from '../../commands/directory/delete-user.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { rotateClientSecretCommand } from '../../commands/oauth2/rotate-client-secret.js';
import { group } from '../../domain/directory/group/model.js';
import { policyBinding } from '../../domain/policy/binding/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import { Client, type Answer } from '../support/client.js';
import { later } from '../support/later.js';
import { startProduct, type Product } from '../support/product.js';
import {
  basic,
  createPerson,
  newPkce,
  obtainCode,
  password,
  post,
  redeem,
  refresh,
} from '../support/oauth.js';
import { callback, createRelyingParty, type RelyingParty } from '../support/relying-party.js';

let product: Product;
let party: RelyingParty;
let other: RelyingParty;
let machine: Client;
const person = { username: 'jane', password };

const token = '/application/o/token/';
const everything = { scope: 'openid profile email offline_access' };
const claimsOf = (jwt: string): Record<string, any> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, any>;

/** Someone signs in at a client; returns what the client was given. */
const tokensFor = async (at: RelyingParty = party, who = person): Promise<any> => {
  const { code, pkce } = await obtainCode(new Client(product.baseUrl), product, at, who, everything);
  const answer = await redeem(machine, at, code, pkce);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const codeFor = (parameters: Record<string, string | null> = {}, at = party) =>
  obtainCode(new Client(product.baseUrl), product, at, person, parameters);
const active = async (value: string, at: RelyingParty = party): Promise<boolean> =>
  (await post(machine, '/application/o/introspect/', { token: value }, { authorization: basic(at) })).body
    .active as boolean;
const expectError = (answer: Answer, error: string, status = 400): void => {
  expect(answer.body, answer.text).toMatchObject({ error });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('cache-control')).toBe('no-store');
};
const suspicions = async (name: string | null = null): Promise<any[]> => {
  await product.settle();
  const data = await machine.admin(
    '{ auditEntries(first: 50, filter: { actions: ["suspicious_request"] }) { nodes { context reason severity targetLabel } } }',
  );
  return (data.auditEntries.nodes as any[]).filter((node) => name === null || node.targetLabel === name);
};
beforeAll(async () => {
  product = await startProduct({ MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP: '40' });
  await createPerson(product, 'jane', { name: 'Jane Doe', email: 'jane@example.com' });
  party = await createRelyingParty(product);
  other = await createRelyingParty(product);
});
afterAll(() => product.stop());
beforeEach(() => {
  machine = new Client(product.baseUrl);
});

describe('client authentication', () => {
  it('accepts Basic and form, never both, and tells nothing about which was wrong', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'x' };
    expectError(await post(machine, token, form, { authorization: basic(party) }), 'invalid_grant');
    const inForm = { client_id: party.clientId, client_secret: party.clientSecret! };
    expectError(await post(machine, token, { ...form, ...inForm }), 'invalid_grant');
    expectError(
      await post(machine, token, { ...form, ...inForm }, { authorization: basic(party) }),
      'invalid_request',
    );
    expectError(
      await post(machine, token, { ...form, client_id: other.clientId }, { authorization: basic(party) }),
      'invalid_request',
    );
    const wrong = await post(machine, token, form, {
      authorization: basic({ ...party, clientSecret: 'wrong' }),
    });
    const unknown = await post(machine, token, form, {
      authorization: basic({ ...party, clientId: 'nobody' }),
    });
    expectError(wrong, 'invalid_client', 401);
    expectError(unknown, 'invalid_client', 401);
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect({ ...wrong.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' });
    expectError(await post(machine, token, { ...form, client_id: party.clientId }), 'invalid_client', 401);
    expectError(await post(machine, token, form), 'invalid_client', 401);
  });

  it('D6: mutations of the secret fail', async () => {
    const secret = party.clientSecret!;
    const last = secret.at(-1) === 'A' ? 'B' : 'A';
    for (const bad of [
      secret.slice(0, -1),
      `${secret}A`,
      secret.slice(0, -1) + last,
      secret.toLowerCase(),
      ` ${secret}`,
      '',
    ])
      expectError(
        await post(
          machine,
          token,
          { grant_type: 'client_credentials' },
          { authorization: basic({ ...party, clientSecret: bad }) },
        ),
        'invalid_client',
        401,
      );
  });

  it('failures are on record, without what was presented', async () => {
    const bad = 'a-secret-that-is-wrong';
    await post(
      machine,
      token,
      { grant_type: 'client_credentials' },
      { authorization: basic({ ...other, clientSecret: bad }) },
    );
    await product.settle();
    const data = await machine.admin(
      '{ auditEntries(first: 1, filter: { actions: ["login_failed"] }) { nodes { reason context } } }',
    );
    expect(data.auditEntries.nodes[0]).toMatchObject({ reason: 'wrong_client_secret' });
    expect(JSON.stringify(data)).not.toContain(bad);
  });

  it('too many failures shut the pair of client and address out for a while', async () => {
    const tried = await createRelyingParty(product);
    const attempt = (secret: string): Promise<Answer> =>
      post(
        machine,
        token,
        { grant_type: 'refresh_token', refresh_token: 'x' },
        { authorization: basic({ ...tried, clientSecret: secret }) },
      );
    for (let n = 0; n <= 40; n += 1) await attempt('wrong');
    expect((await attempt('wrong')).status).toBe(429);
    expect((await attempt(tried.clientSecret!)).status).toBe(429);
    expectError(
      await post(
        machine,
        token,
        { grant_type: 'refresh_token', refresh_token: 'x' },
        { authorization: basic(party) },
      ),
      'invalid_grant',
    );
  });

  it('a rotated secret and the one before both count until the overlap ends', async () => {
    const at = await createRelyingParty(product);
    const { clientSecret } = await product.run(rotateClientSecretCommand, {
      id: at.providerId,
      overlap: 'hours=1',
    });
    const works = async (secret: string): Promise<boolean> =>
      (
        await post(
          machine,
          token,
          { grant_type: 'refresh_token', refresh_token: 'x' },
          { authorization: basic({ ...at, clientSecret: secret }) },
        )
      ).body.error === 'invalid_grant';
    expect([await works(clientSecret), await works(at.clientSecret!)]).toEqual([true, true]);
    await later(product, 61 * 60_000, async () => {
      expect([await works(clientSecret), await works(at.clientSecret!)]).toEqual([true, false]);
    });
    await product.run(rotateClientSecretCommand, { id: at.providerId, overlap: 'seconds=0' });
    expect(await works(clientSecret)).toBe(false);
  });
});

describe('the request itself', () => {
  it('must be a form without repeated parameters', async () => {
    const authorization = basic(party);
    expectError(
      await post(machine, token, 'grant_type=refresh_token&refresh_token=a&refresh_token=b', {
        authorization,
      }),
      'invalid_request',
    );
    expectError(await post(machine, token, {}, { authorization }), 'invalid_request');
    expectError(
      await post(machine, token, { grant_type: 'password' }, { authorization }),
      'unsupported_grant_type',
    );
    const json = await machine.request('POST', token, {
      body: { grant_type: 'client_credentials' },
      headers: { authorization },
    });
    expect([400, 415]).toContain(json.status);
    expect((await machine.request('GET', token)).status).toBe(404);
  });

  it('asks for a grant that the client may use', async () => {
    expectError(
      await post(machine, token, { grant_type: 'client_credentials' }, { authorization: basic(party) }),
      'unauthorized_client',
    );
  });
});

describe('authorization code', () => {
  it('E1: is bound to its client and redirect address', async () => {
    const { code, pkce } = await codeFor();
    expectError(await redeem(machine, other, code, pkce), 'invalid_grant');
    expectError(await redeem(machine, party, code, pkce, { redirect_uri: `${callback}2` }), 'invalid_grant');
    expectError(
      await post(
        machine,
        token,
        { grant_type: 'authorization_code', code, code_verifier: pkce.verifier },
        { authorization: basic(party) },
      ),
      'invalid_grant',
    );
    expect((await redeem(machine, party, code, pkce)).status).toBe(200);
  });

  it('E1: of two redemptions at once one wins; a second use ends what came of the first', async () => {
    const { code, pkce } = await codeFor(everything);
    const answers = await Promise.all([1, 2, 3].map(() => redeem(machine, party, code, pkce)));
    const won = answers.filter((answer) => answer.status === 200);
    expect(won).toHaveLength(1);
    for (const answer of answers) if (answer.status !== 200) expectError(answer, 'invalid_grant');
    await product.settle();
    expect(await active(won[0]!.body.access_token as string)).toBe(false);
    expectError(await refresh(machine, party, won[0]!.body.refresh_token as string), 'invalid_grant');
    expect(JSON.stringify(await suspicions())).toContain('code_reused');
  });

  it('E2: PKCE both ways', async () => {
    const optional = await createRelyingParty(product, { provider: { pkce: 'optional' } });
    const without = { code_challenge: null, code_challenge_method: null };
    const none = await codeFor(without, optional);
    expect((await redeem(machine, optional, none.code, newPkce(), { code_verifier: '' })).status).toBe(200);
    const unasked = await codeFor(without, optional);
    expectError(await redeem(machine, optional, unasked.code, newPkce()), 'invalid_grant');
    const asked = await codeFor({}, optional);
    expectError(
      await redeem(machine, optional, asked.code, asked.pkce, { code_verifier: '' }),
      'invalid_grant',
    );
    expectError(await redeem(machine, optional, asked.code, newPkce()), 'invalid_grant');
    expect((await redeem(machine, optional, asked.code, asked.pkce)).status).toBe(200);
  });

  it('lives a minute, and no mutation of it works', async () => {
    const { code, pkce } = await codeFor();
    for (const bad of [code.slice(0, -1), `${code}A`, code.toUpperCase(), code.split('.')[0]!, '', '.'])
      expectError(await redeem(machine, party, bad, pkce), 'invalid_grant');
    await later(product, 61_000, async () => {
      expectError(await redeem(machine, party, code, pkce), 'invalid_grant');
    });
  });

  it('dies with the session, the person and the access', async () => {
    const first = await codeFor();
    const userId = await createPerson(product, 'leaver');
    const browser = new Client(product.baseUrl);
    const second = await obtainCode(browser, product, party, { username: 'leaver', password });
    await browser.flow('default-invalidation-flow', []);
    expectError(await redeem(machine, party, second.code, second.pkce), 'invalid_grant');
    const third = await obtainCode(new Client(product.baseUrl), product, party, {
      username: 'leaver',
      password,
    });
    await product.run(updateUserCommand, { userId, isActive: false });
    expectError(await redeem(machine, party, third.code, third.pkce), 'invalid_grant');
    expect((await redeem(machine, party, first.code, first.pkce)).status).toBe(200);
  });

  it('E5: tokens carry the scopes that were consented, cut to those of the provider', async () => {
    const { code, pkce } = await codeFor({ scope: 'openid email admin write' });
    const { body } = await redeem(machine, party, code, pkce);
    expect(body.scope).toBe('openid email');
    expect(claimsOf(body.id_token as string)).not.toHaveProperty('preferred_username');
    expect(body.refresh_token).toBeUndefined();
  });

  it('answers are not cached', async () => {
    const { code, pkce } = await codeFor();
    const { headers } = await redeem(machine, party, code, pkce);
    expect([headers.get('cache-control'), headers.get('pragma')]).toEqual(['no-store', 'no-cache']);
  });
});

describe('refresh token', () => {
  it('rotates; a lost answer can be fetched again for ten seconds; reuse ends the family', async () => {
    const { refresh_token: first } = await tokensFor();
    const answer = await refresh(machine, party, first as string);
    expect(answer.status).toBe(200);
    const second = answer.body.refresh_token as string;
    expect(second).not.toBe(first);
    expect((await refresh(machine, party, first as string)).body).toEqual(answer.body);
    await product.settle();
    await later(product, 11_000, async () => {
      expectError(await refresh(machine, party, first as string), 'invalid_grant');
    });
    await product.settle();
    expectError(await refresh(machine, party, second), 'invalid_grant');
    expect(await active(answer.body.access_token as string)).toBe(false);
    expect(JSON.stringify(await suspicions())).toContain('refresh');
  });

  it('a used token of a revoked family gets nothing, and that is on record with the person', async () => {
    const { refresh_token: first } = await tokensFor();
    const second = (await refresh(machine, party, first as string)).body.refresh_token as string;
    await product.settle();
    await post(machine, '/application/o/revoke/', { token: second }, { authorization: basic(party) });
    await product.settle();
    const before = (await suspicions('jane')).length;
    expectError(await refresh(machine, party, first as string), 'invalid_grant');
    expectError(await refresh(machine, party, second), 'invalid_grant');
    expect((await suspicions('jane')).length).toBeGreaterThan(before);
  });

  it('a token can be revoked, and looked at, right after it was issued', async () => {
    for (let n = 0; n < 5; n += 1) {
      const { refresh_token } = await tokensFor();
      const next = (await refresh(machine, party, refresh_token as string)).body.refresh_token as string;
      expect(await active(next)).toBe(true);
      await post(machine, '/application/o/revoke/', { token: next }, { authorization: basic(party) });
      expectError(await refresh(machine, party, next), 'invalid_grant');
    }
  });

  it('B2: a new password ends every grant, however many there are', async () => {
    const userId = await createPerson(product, 'collector');
    const who = { username: 'collector', password };
    const oldest = await tokensFor(party, who);
    const browser = new Client(product.baseUrl);
    for (let n = 0; n < 160; n += 1) {
      const { code, pkce } = await obtainCode(browser, product, party, who, everything);
      await redeem(machine, party, code, pkce);
    }
    await product.run(setPasswordCommand, { userId, password: 'a new long password' });
    expectError(await refresh(machine, party, oldest.refresh_token as string), 'invalid_grant');
    expect(await active(oldest.access_token as string)).toBe(false);
    await product.run(endLapsedAccessCommand, {});
    expect(await product.core.ports.grants.liveGrantsOf(userId)).toEqual([]);
  });

  it('E1: of many refreshes at once all get the one answer', async () => {
    const { refresh_token } = await tokensFor();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => refresh(machine, party, refresh_token as string)),
    );
    expect(new Set(answers.map((answer) => answer.text)).size, answers.map((each) => each.text).join()).toBe(
      1,
    );
    expect(answers[0]!.status).toBe(200);
  });

  it('is bound to its client, and guessing does not end a family', async () => {
    const { refresh_token } = await tokensFor();
    const text = refresh_token as string;
    expectError(await refresh(machine, other, text), 'invalid_grant');
    for (const bad of [text.slice(0, -1), `${text}A`, text.replace(/\.[^.]*$/, '.AAAA'), '...'])
      expectError(await refresh(machine, party, bad), 'invalid_grant');
    expect((await refresh(machine, party, text)).status).toBe(200);
  });

  it('E5: may narrow the scopes, never widen them', async () => {
    const { refresh_token } = await tokensFor();
    const narrow = await refresh(machine, party, refresh_token as string, { scope: 'openid email' });
    expect(narrow.body.scope).toBe('openid email');
    const { code, pkce } = await codeFor({ scope: 'openid offline_access' });
    const small = await redeem(machine, party, code, pkce);
    expectError(
      await refresh(machine, party, small.body.refresh_token as string, { scope: 'openid email' }),
      'invalid_scope',
    );
  });

  it('B1: ends for a deactivated or deleted person', async () => {
    const userId = await createPerson(product, 'mover');
    const who = { username: 'mover', password };
    const first = await tokensFor(party, who);
    await product.run(updateUserCommand, { userId, isActive: false });
    expectError(await refresh(machine, party, first.refresh_token as string), 'invalid_grant');
    expect(await active(first.access_token as string)).toBe(false);
    await product.run(updateUserCommand, { userId, isActive: true });
    const second = await tokensFor(party, who);
    await product.run(deleteUserCommand, { userId });
    expectError(await refresh(machine, party, second.refresh_token as string), 'invalid_grant');
    expect(await active(second.access_token as string)).toBe(false);
  });

  it('has an absolute end', async () => {
    const { refresh_token } = await tokensFor();
    await later(product, 31 * 24 * 60 * 60_000, async () => {
      expectError(await refresh(machine, party, refresh_token as string), 'invalid_grant');
    });
  });
});

describe('client credentials', () => {
  it('gives a token for the account of the client, as long as that is active and may use the application', async () => {
    const at = await createRelyingParty(product, { provider: { grantTypes: ['client_credentials'] } });
    const ask = (): Promise<Answer> =>
      post(
        machine,
        token,
        { grant_type: 'client_credentials', scope: 'openid profile nonsense offline_access' },
        { authorization: basic(at) },
      );
    const { body } = await ask();
    expect(body.scope).toBe('openid profile');
    expect(body.refresh_token).toBeUndefined();
    expect(await active(body.access_token as string, at)).toBe(true);
    const users = await machine.admin(
      '{ users(search: "client_credentials", first: 50) { nodes { id username } } }',
    );
    const account = users.users.nodes.find((row: any) => (row.username as string).includes(at.slug));
    await product.run(updateUserCommand, { userId: account.id, isActive: false });
    expectError(await ask(), 'invalid_grant');
    expect(await active(body.access_token as string, at)).toBe(false);
    await product.run(updateUserCommand, { userId: account.id, isActive: true });
    expect((await ask()).status).toBe(200);
    const { id: staff } = await product.run(createModelCommand(group as unknown as Model), {
      values: { name: 'staff' },
    });
    await product.run(createModelCommand(policyBinding as unknown as Model), {
      values: { target: at.applicationId, group: staff },
    });
    expectError(await ask(), 'invalid_grant');
    expect(await active(body.access_token as string, at)).toBe(false);
  });

  it('is nothing for public clients', async () => {
    const open = await createRelyingParty(product, {
      provider: { clientType: 'public', grantTypes: ['authorization_code'] },
    });
    await expect(
      product.run(changeModelCommand(oauth2Provider as unknown as Model), {
        id: open.providerId,
        values: { grantTypes: ['client_credentials'] },
      }),
    ).rejects.toThrow();
    expectError(
      await post(machine, token, { grant_type: 'client_credentials', client_id: open.clientId }),
      'unauthorized_client',
    );
  });
});

describe('introspection and revocation', () => {
  it('asking about a revoked token is no misuse of it, using it is', async () => {
    await createPerson(product, 'holder');
    const { access_token } = await tokensFor(party, { username: 'holder', password });
    const revoke = (): Promise<Answer> =>
      post(
        machine,
        '/application/o/revoke/',
        { token: access_token as string },
        { authorization: basic(party) },
      );
    await revoke();
    const before = (await suspicions('holder')).length;
    await revoke();
    await active(access_token as string);
    await active(access_token as string, other);
    expect(await suspicions('holder')).toHaveLength(before);
    const headers = { authorization: `Bearer ${String(access_token)}` };
    expect((await machine.request('GET', '/application/o/userinfo/', { headers })).status).toBe(401);
    expect((await suspicions('holder')).length).toBeGreaterThan(before);
  });

  it('E6: tell and touch only own tokens', async () => {
    const { access_token, refresh_token } = await tokensFor();
    for (const value of [access_token, refresh_token] as string[]) {
      expect(await active(value)).toBe(true);
      expect(await active(value, other)).toBe(false);
      const foreign = await post(
        machine,
        '/application/o/revoke/',
        { token: value },
        { authorization: basic(other) },
      );
      expect(foreign.status).toBe(200);
      await product.settle();
      expect(await active(value)).toBe(true);
    }
    const unknown = await post(
      machine,
      '/application/o/revoke/',
      { token: 'unknown' },
      { authorization: basic(party) },
    );
    expect(unknown.status).toBe(200);
  });

  it('revoking the refresh token revokes its access tokens', async () => {
    const { access_token, refresh_token } = await tokensFor();
    await post(
      machine,
      '/application/o/revoke/',
      { token: refresh_token as string },
      { authorization: basic(party) },
    );
    await product.settle();
    expect(await active(access_token as string)).toBe(false);
    expectError(await refresh(machine, party, refresh_token as string), 'invalid_grant');
  });

  it('need a client that proves who it is', async () => {
    const open = await createRelyingParty(product, { provider: { clientType: 'public' } });
    expectError(await post(machine, '/application/o/introspect/', { token: 'x' }), 'invalid_client', 401);
    expectError(
      await post(machine, '/application/o/introspect/', { token: 'x', client_id: open.clientId }),
      'invalid_client',
      401,
    );
  });
});
