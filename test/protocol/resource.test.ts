import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCertificateCommand } from '../../commands/certificate/generate-certificate.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { certificate } from '../../domain/certificate/model.js';
import { application } from '../../domain/application/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { scopeMapping } from '../../domain/mapping/scope/model.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import { Client, type Answer } from '../support/client.js';
import { startProduct, type Product } from '../support/product.js';
import { basic, createPerson, obtainCode, password, post, redeem } from '../support/oauth.js';
import { callback, createRelyingParty, type RelyingParty } from '../support/relying-party.js';

let product: Product;
let party: RelyingParty;
let machine: Client;
let tokens: any;

const userinfo = (token: string | null, headers: Record<string, string> = {}): Promise<Answer> =>
  machine.request('GET', '/application/o/userinfo/', {
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
  });
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const parts = (jwt: string): [any, any, string] => {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const read = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString());
  return [read(header), read(claims), signature];
};

beforeAll(async () => {
  product = await startProduct();
  machine = new Client(product.baseUrl);
  await createPerson(product, 'jane', { name: 'Jane Doe', email: 'jane@example.com' });
  party = await createRelyingParty(product);
  const { code, pkce } = await obtainCode(
    new Client(product.baseUrl),
    product,
    party,
    { username: 'jane', password },
    { scope: 'openid email' },
  );
  tokens = (await redeem(machine, party, code, pkce)).body;
});
afterAll(() => product.stop());

describe('userinfo', () => {
  it('tells the claims of the scopes, by header, and by form', async () => {
    const answer = await userinfo(tokens.access_token as string);
    const [, claims] = parts(tokens.id_token as string);
    expect(answer.body).toMatchObject({ sub: claims.sub, email: 'jane@example.com' });
    expect(answer.body).not.toHaveProperty('preferred_username');
    const form = await post(machine, '/application/o/userinfo/', {
      access_token: tokens.access_token as string,
    });
    expect(form.body).toEqual(answer.body);
  });

  it('RFC 6750: says what is wrong with the token, and nothing when there was none', async () => {
    const none = await userinfo(null);
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+"$/);
    const bad = await userinfo('nonsense');
    expect(bad.status).toBe(401);
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const inQuery = await machine.request(
      'GET',
      `/application/o/userinfo/?access_token=${String(tokens.access_token)}`,
    );
    expect(inQuery.status).toBe(401);
    const twice = await post(
      machine,
      '/application/o/userinfo/',
      { access_token: tokens.access_token as string },
      { authorization: `Bearer ${String(tokens.access_token)}` },
    );
    expect(twice.status).toBe(400);
    const idToken = await userinfo(tokens.id_token as string);
    expect(idToken.status).toBe(401);
  });

  it('needs the scope openid', async () => {
    const plain = await createRelyingParty(product, { provider: { grantTypes: ['client_credentials'] } });
    const { body } = await post(
      machine,
      '/application/o/token/',
      { grant_type: 'client_credentials', scope: 'email' },
      { authorization: basic(plain) },
    );
    const answer = await userinfo(body.access_token as string);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  });

  it('CORS: a refusal can be read by scripts of registered origins, and by no others', async () => {
    const refusal = async (token: string, origin: string): Promise<(string | number | null)[]> => {
      const answer = await userinfo(token, { origin });
      return [answer.status, answer.headers.get('access-control-allow-origin')];
    };
    const known = new URL(callback).origin;
    expect(await refusal('expired', known)).toEqual([401, known]);
    for (const origin of ['https://evil.example', 'null'])
      expect(await refusal('expired', origin)).toEqual([401, null]);
    const nothing = await machine.request('GET', '/application/o/userinfo/', { headers: { origin: known } });
    expect([nothing.status, nothing.headers.get('access-control-allow-origin')]).toEqual([401, known]);
  });

  it('CORS: only for origins that the client registered, never for null', async () => {
    const allowed = async (origin: string): Promise<string | null> =>
      (await userinfo(tokens.access_token as string, { origin })).headers.get('access-control-allow-origin');
    expect(await allowed(new URL(callback).origin)).toBe(new URL(callback).origin);
    for (const origin of ['https://evil.example', 'null', 'https://app.example.com.evil.example'])
      expect(await allowed(origin)).toBeNull();
    const preflight = (path: string, origin: string): Promise<Answer> =>
      machine.request('OPTIONS', path, { headers: { origin, 'access-control-request-method': 'POST' } });
    const known = await preflight('/application/o/token/', new URL(callback).origin);
    expect(known.headers.get('access-control-allow-origin')).toBe(new URL(callback).origin);
    const unknown = await preflight('/application/o/token/', 'https://evil.example');
    expect(unknown.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('E8: tokens that are not ours', () => {
  const forged = (): [string, string][] => {
    const [header, claims, signature] = parts(tokens.access_token as string);
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const own = (head: Record<string, unknown>): string => {
      const input = `${encode(head)}.${encode(claims)}`;
      const signed = createSign('sha256')
        .update(input)
        .sign({ key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signed.toString('base64url')}`;
    };
    const jwk = pair.publicKey.export({ format: 'jwk' });
    const input = `${encode({ ...header, alg: 'HS256' })}.${encode(claims)}`;
    const hmac = createHmac('sha256', party.clientSecret!).update(input).digest('base64url');
    return [
      ['alg none', `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`],
      ['alg none with signature', `${encode({ ...header, alg: 'none' })}.${encode(claims)}.${signature}`],
      ['HMAC with the client secret', `${input}.${hmac}`],
      ['another key of the same kind', own(header as Record<string, unknown>)],
      ['a key in the header', own({ ...header, jwk })],
      ['a key address', own({ ...header, jku: 'https://evil.example/keys' })],
      ['a certificate address', own({ ...header, x5u: 'https://evil.example/x5u' })],
      [
        'critical extensions',
        `${encode({ ...header, crit: ['b64'], b64: false })}.${encode(claims)}.${signature}`,
      ],
      ['compression', `${encode({ ...header, zip: 'DEF' })}.${encode(claims)}.${signature}`],
      ['other claims', `${encode(header)}.${encode({ ...claims, scope: 'openid admin' })}.${signature}`],
      ['a longer life', `${encode(header)}.${encode({ ...claims, exp: 9_999_999_999 })}.${signature}`],
      ['a padded signature', `${String(tokens.access_token)}=`],
      ['a truncated signature', String(tokens.access_token).slice(0, -4)],
      ['a fourth part', `${String(tokens.access_token)}.x`],
      ['the ID token', tokens.id_token as string],
    ];
  };

  it('are refused at userinfo and inactive at introspection', async () => {
    for (const [name, token] of forged()) {
      expect((await userinfo(token)).status, name).toBe(401);
      const { body } = await post(
        machine,
        '/application/o/introspect/',
        { token },
        { authorization: basic(party) },
      );
      expect(body, name).toEqual({ active: false });
    }
    expect((await userinfo(tokens.access_token as string)).status).toBe(200);
  });
});

describe('discovery and keys', () => {
  const metadata = (at = party): Promise<Answer> =>
    machine.request('GET', `/application/o/${at.slug}/.well-known/openid-configuration`);
  const keys = async (): Promise<any[]> =>
    (await machine.request('GET', `/application/o/${party.slug}/jwks/`)).body.keys as any[];

  it('tells what is really offered, cacheable', async () => {
    const answer = await metadata();
    expect(answer.body).toMatchObject({
      issuer: party.issuer,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      id_token_signing_alg_values_supported: ['ES256'],
    });
    expect(answer.headers.get('content-type')).toContain('application/json');
    const again = await machine.request(
      'GET',
      `/application/o/${party.slug}/.well-known/openid-configuration`,
      {
        headers: { 'if-none-match': answer.headers.get('etag')! },
      },
    );
    expect(again.status).toBe(304);
    expect(
      (await machine.request('GET', '/application/o/nope/.well-known/openid-configuration')).status,
    ).toBe(404);
    expect((await machine.request('GET', '/application/o/nope/')).status).toBe(404);
    expect((await machine.request('GET', '/application/o/token/')).status).toBe(404);
  });

  it('publishes public halves only', async () => {
    const [key] = await keys();
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' });
    expect(key).not.toHaveProperty('d');
  });

  it('a replaced key stays published, and what it signed stays good, until it has expired', async () => {
    const before = await keys();
    const { id: signingKey } = await product.run(generateCertificateCommand, { name: 'next key' });
    await product.run(changeModelCommand(oauth2Provider as unknown as Model), {
      id: party.providerId,
      values: { signingKey },
    });
    const after = await keys();
    expect(after).toHaveLength(2);
    expect(after.map((key) => key.kid)).toContain(before[0].kid);
    expect((await userinfo(tokens.access_token as string)).status).toBe(200);
    const old = product.core.ports.config.get(oauth2Provider, party.providerId)!.values.retiredKeys[0]!;
    await expect(
      product.run(deleteModelCommand(certificate as unknown as Model), { id: old.certificate }),
    ).rejects.toMatchObject({ code: 'IN_USE' });
  });
});

describe('configuration', () => {
  const provider = oauth2Provider as unknown as Model;
  const refusal = async (values: Record<string, unknown>): Promise<any> => {
    try {
      await product.run(changeModelCommand(provider), { id: party.providerId, values });
      return null;
    } catch (error) {
      return error;
    }
  };

  it('E3, E13: what could never be safe is refused, with the field', async () => {
    const uri = (url: string, matchingMode = 'strict'): Record<string, unknown> => ({
      redirectUris: [{ url, matchingMode, type: 'authorization' }],
    });
    for (const values of [
      uri('javascript:alert(1)'),
      uri('data:text/html,x'),
      uri('https://user@app.example.com/'),
      uri('https://app.example.com/#fragment'),
      uri('(', 'regex'),
    ])
      expect((await refusal(values))?.fields?.[0]?.path, JSON.stringify(values)).toMatch(/^redirectUris/);
    expect((await refusal({ accessTokenValidity: 'soon' }))?.fields?.[0]?.path).toBe('accessTokenValidity');
    expect((await refusal({ signingKey: null }))?.fields?.[0]?.path).toBe('signingKey');
    await expect(
      product.run(createModelCommand(scopeMapping as unknown as Model), {
        values: { name: 'evil', scopeName: 'evil', claims: [{ claim: 'sub', source: 'username' }] },
      }),
    ).rejects.toThrow();
  });

  it.each(['token', 'authorize', 'userinfo', 'introspect', 'revoke'])(
    'no application may be named like the endpoint %s',
    async (slug) => {
      await expect(
        product.run(createModelCommand(application as unknown as Model), { values: { name: slug, slug } }),
      ).rejects.toMatchObject({ fields: [{ path: 'slug' }] });
    },
  );

  it('a secret that was cleared can be set again', async () => {
    const at = await createRelyingParty(product);
    const change = (values: Record<string, unknown>) =>
      product.run(changeModelCommand(provider), { id: at.providerId, values });
    await change({ clientType: 'public' });
    await change({ clientType: 'confidential' });
    const view = `mutation { viewOAuth2ProviderSecret(id: "${at.providerId}", field: "clientSecret") { value } }`;
    const secret = (await machine.admin(view)).viewOAuth2ProviderSecret.value as string;
    expect(secret).not.toBe(at.clientSecret);
    const answer = await post(
      machine,
      '/application/o/token/',
      { grant_type: 'refresh_token', refresh_token: 'x' },
      { authorization: basic({ ...at, clientSecret: secret }) },
    );
    expect(answer.body.error).toBe('invalid_grant');
  });

  it('D1: secrets are shown by their own right only, and that is on record', async () => {
    const query = `{ providers(first: 50) { nodes { __typename id ... on OAuth2Provider { clientId clientSecret { __typename } } } } }`;
    expect(JSON.stringify(await machine.admin(query))).not.toContain(party.clientSecret);
    const person = new Client(product.baseUrl);
    await person.login('jane', password);
    const view = `mutation { viewOAuth2ProviderSecret(id: "${party.providerId}", field: "clientSecret") { value } }`;
    expect((await person.graphql(view)).body.errors[0].extensions.code).toBe('FORBIDDEN');
    expect((await machine.admin(view)).viewOAuth2ProviderSecret.value).toBe(party.clientSecret);
    const rotated = await machine.admin(
      `mutation { rotateClientSecret(id: "${party.providerId}", overlap: "minutes=5") { clientSecret } }`,
    );
    await product.settle();
    const data = await machine.admin(
      '{ auditEntries(first: 2, filter: { actions: ["secret_view", "secret_rotate"] }) { nodes { action targetLabel changes { field before after } context } } }',
    );
    expect(data.auditEntries.nodes.map((node: any) => node.action)).toEqual(['secret_rotate', 'secret_view']);
    for (const secret of [party.clientSecret!, rotated.rotateClientSecret.clientSecret as string])
      expect(JSON.stringify(data)).not.toContain(secret);
  });
});
