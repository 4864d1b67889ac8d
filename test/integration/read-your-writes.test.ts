import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flow } from '../../domain/flow/model.js';
import { Client, type Answer } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { basic, obtainCode, post, redeem } from '../support/oauth.js';
import { adminToken, startProduct, type Product } from '../support/product.js';
import { callback, type RelyingParty } from '../support/relying-party.js';

const writers = 4;
const rounds = 6;
const password = 'a long enough password';

let database: TestDatabase;
let here: Product;
let there: Product;

beforeAll(async () => {
  database = await createDatabase();
  const environment = {
    MUNIMENT_MASTER_KEY: randomBytes(32).toString('base64'),
    MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP: '10000',
    MUNIMENT_LIMITS_FLOW_STARTS_PER_IP: '10000',
  };
  here = await startProduct(environment, undefined, database);
  there = await startProduct(environment, undefined, database);
});
afterAll(async () => {
  await there.stop();
  await here.stop();
  await database.drop();
});

/** Some at once, each round after round, without a pause in between. */
const hammer = async (work: (name: string) => Promise<void>): Promise<void> => {
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (let round = 0; round < rounds; round += 1) await work(`n${randomUUID().slice(0, 8)}`);
    }),
  );
};

const ask = async (
  at: Product,
  query: string,
  variables: Record<string, unknown>,
  position?: string,
): Promise<any> => {
  const answer = await new Client(at.baseUrl).graphql(query, variables, {
    authorization: `Bearer ${adminToken}`,
    ...(position === undefined ? {} : { 'muniment-min-position': position }),
  });
  if (answer.body.errors) throw new Error(JSON.stringify(answer.body.errors));
  return answer.body.data;
};

const createUser = async (name: string): Promise<{ id: string; position: string }> => {
  const { createUser: made } = await ask(
    here,
    'mutation ($name: String!) { createUser(input: { username: $name }) { user { id } } }',
    { name },
  );
  const id = made.user.id as string;
  const { setPassword } = await ask(
    here,
    'mutation ($id: ID!, $password: String!) { setPassword(userId: $id, password: $password) { position } }',
    { id, password },
  );
  return { id, position: setPassword.position as string };
};

const login = async (at: Product, name: string, position?: string): Promise<Answer> => {
  const client = new Client(at.baseUrl);
  const headers = position === undefined ? {} : { 'muniment-min-position': position };
  const path = '/api/v3/flows/executor/default-authentication-flow/?query=';
  const begun = await client.request('GET', path, { headers });
  const run = `${path}&execution=${begun.body.flow_info.execution as string}`;
  await client.request('POST', run, { body: { component: begun.body.component, uid_field: name } });
  return client.request('POST', run, { body: { component: 'ak-stage-password', password } });
};

const createParty = async (at: Product, slug: string): Promise<RelyingParty & { position: string }> => {
  const authorizationFlow = at.core.ports.config.find(
    flow,
    'slug',
    'default-provider-authorization-implicit-consent',
  )!.id;
  const { createOAuth2Provider } = await ask(
    at,
    'mutation ($input: CreateOAuth2ProviderInput!) { createOAuth2Provider(input: $input) { oAuth2Provider { id clientId } } }',
    {
      input: {
        name: slug,
        authorizationFlow,
        redirectUris: [{ url: callback, type: 'authorization' }],
        grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      },
    },
  );
  const { id, clientId } = createOAuth2Provider.oAuth2Provider;
  const { createApplication } = await ask(
    at,
    'mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }',
    { input: { name: slug, slug, provider: id } },
  );
  const { rotateClientSecret } = await ask(
    at,
    'mutation ($id: ID!) { rotateClientSecret(id: $id) { clientSecret position } }',
    { id },
  );
  return {
    providerId: id,
    applicationId: createApplication.application.id,
    slug,
    clientId,
    clientSecret: rotateClientSecret.clientSecret,
    issuer: `${at.baseUrl}/application/o/${slug}/`,
    position: rotateClientSecret.position,
  };
};

const tokenForItself = (at: Product, party: RelyingParty, position?: string): Promise<Answer> =>
  post(
    new Client(at.baseUrl),
    '/application/o/token/',
    { grant_type: 'client_credentials', scope: 'profile' },
    { authorization: basic(party), ...(position === undefined ? {} : { 'muniment-min-position': position }) },
  );

const introspect = async (
  at: Product,
  party: RelyingParty,
  token: string,
  position?: string,
): Promise<boolean> => {
  const answer = await post(
    new Client(at.baseUrl),
    '/application/o/introspect/',
    { token },
    { authorization: basic(party), ...(position === undefined ? {} : { 'muniment-min-position': position }) },
  );
  expect(answer.status, answer.text).toBe(200);
  return answer.body.active as boolean;
};

describe('whoever has written reads it at once', () => {
  it('in GraphQL: objects, lists, counts and the event log, after creation, change and deletion', async () => {
    await hammer(async (name) => {
      const { id, position } = await createUser(name);
      const { user, users } = await ask(
        here,
        'query ($id: ID!, $name: String!) { user(id: $id) { username } users(search: $name) { totalCount } }',
        { id, name },
      );
      expect([user.username, users.totalCount]).toEqual([name, 1]);
      const { user: logged } = await ask(
        here,
        'query ($id: ID!) { user(id: $id) { history { nodes { action } } } }',
        { id },
        position,
      );
      expect(logged.history.nodes.length).toBeGreaterThan(0);
      await ask(here, 'mutation ($id: ID!) { deleteUser(id: $id) { position } }', { id });
      expect((await ask(here, 'query ($id: ID!) { user(id: $id) { id } }', { id })).user).toBeNull();
    });
  });

  it('at another process, when the read demands the position', async () => {
    await hammer(async (name) => {
      const { id, position } = await createUser(name);
      const { user } = await ask(there, 'query ($id: ID!) { user(id: $id) { username } }', { id }, position);
      expect(user.username).toBe(name);
      expect((await login(there, name, position)).body.component).toBe('xak-flow-redirect');
    });
  });

  it('at the executor: a new person signs in at once, one who was locked out does not', async () => {
    await hammer(async (name) => {
      const { id } = await createUser(name);
      const signedIn = await login(here, name);
      expect(signedIn.body.component).toBe('xak-flow-redirect');
      expect(signedIn.headers.get('muniment-position')).toMatch(/^[0-9a-f-]{36}\.\d+$/);
      await ask(
        here,
        'mutation ($id: ID!) { updateUser(id: $id, input: { isActive: false }) { position } }',
        { id },
      );
      expect((await login(here, name)).body.component).not.toBe('xak-flow-redirect');
    });
  });

  it('at the token endpoint: a new client, a new secret, and what was revoked', async () => {
    const name = `person-${randomUUID().slice(0, 8)}`;
    await createUser(name);
    await hammer(async (slug) => {
      const party = await createParty(here, slug);
      const own = await tokenForItself(here, party);
      expect(own.status, own.text).toBe(200);
      expect(await introspect(here, party, own.body.access_token)).toBe(true);
      const elsewhere = await tokenForItself(there, party, party.position);
      expect(elsewhere.status, elsewhere.text).toBe(200);
      const position = elsewhere.headers.get('muniment-position')!;
      expect(await introspect(here, party, elsewhere.body.access_token, position)).toBe(true);

      const browser = new Client(here.baseUrl);
      const answers = { username: name, password };
      const { code, pkce } = await obtainCode(browser, here, party, answers, { scope: 'openid profile' });
      const machine = new Client(here.baseUrl);
      const tokens = await redeem(machine, party, code, pkce);
      expect(tokens.status, tokens.text).toBe(200);
      const bearer = { authorization: `Bearer ${tokens.body.access_token as string}` };
      expect((await machine.request('GET', '/application/o/userinfo/', { headers: bearer })).status).toBe(
        200,
      );
      const revoked = await post(
        machine,
        '/application/o/revoke/',
        { token: tokens.body.access_token },
        { authorization: basic(party) },
      );
      expect(await introspect(here, party, tokens.body.access_token)).toBe(false);
      expect((await machine.request('GET', '/application/o/userinfo/', { headers: bearer })).status).toBe(
        401,
      );
      const after = revoked.headers.get('muniment-position')!;
      expect(await introspect(there, party, tokens.body.access_token, after)).toBe(false);
    });
  });
});

describe('a position of another log', () => {
  const foreign = { 'muniment-min-position': `${randomUUID()}.1` };

  it('is refused by name wherever it is sent', async () => {
    const client = new Client(here.baseUrl);
    const page = await client.request('GET', '/api/v3/root/config/', { headers: foreign });
    expect([page.status, page.body.code]).toEqual([409, 'FOREIGN_POSITION']);
    const token = await post(client, '/application/o/token/', {}, foreign);
    expect([token.status, token.body.error]).toEqual([400, 'invalid_request']);
    expect(token.body.error_description).toContain('another log');
  });

  it('that this log has yet to reach is answered 503 with the time to come again', async () => {
    const { storeId } = here.core.ports.store;
    const headers = { 'muniment-min-position': `${storeId}.999999999` };
    const answer = await new Client(here.baseUrl).request('GET', '/api/v3/root/config/', { headers });
    expect([answer.status, answer.body.code]).toEqual([503, 'PROJECTION_BEHIND']);
    expect(answer.headers.get('retry-after')).toBe('2');
  });
});
