import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { createDatabase, databaseUrl, type TestDatabase } from '../support/database.js';
import { buildFormerVersion, type FormerVersion } from '../support/former-version.js';
import { basic, newPkce, obtainCode, password, post, redeem, refresh } from '../support/oauth.js';
import { Installation } from '../support/process.js';
import { adminPassword, adminToken } from '../support/product.js';
import { callback, type RelyingParty } from '../support/relying-party.js';
import { startSwitchingProxy, type SwitchingProxy } from '../support/switching-proxy.js';

/** The last commit of the version before this one. */
const formerCommit = '6d92f3b';
const everything = { scope: 'openid profile email offline_access' };

let database: TestDatabase;
let former: FormerVersion;
let old: Installation;
let present: Installation;
let door: SwitchingProxy;
let party: RelyingParty;
const person = { username: 'jane', password };

/** What an administrator sees through one of the two. */
const admin = (at: Installation, query: string, variables: Record<string, unknown> = {}): Promise<any> =>
  new Client(at.baseUrl).admin(query, variables);

const createPerson = async (at: Installation, username: string): Promise<string> => {
  const { createUser } = await admin(
    at,
    'mutation ($u: String!) { createUser(input: { username: $u }) { user { id } } }',
    { u: username },
  );
  await admin(
    at,
    'mutation ($id: ID!, $p: String!) { setPassword(userId: $id, password: $p) { position } }',
    {
      id: createUser.user.id,
      p: password,
    },
  );
  return createUser.user.id as string;
};

const createParty = async (at: Installation): Promise<RelyingParty> => {
  const { flows } = await admin(at, '{ flows(first: 100) { nodes { id slug } } }');
  const { createOAuth2Provider } = await admin(
    at,
    'mutation ($input: CreateOAuth2ProviderInput!) { createOAuth2Provider(input: $input) { oAuth2Provider { id clientId } } }',
    {
      input: {
        name: 'Expenses',
        authorizationFlow: flows.nodes.find(
          ({ slug }: any) => slug === 'default-provider-authorization-implicit-consent',
        ).id,
        redirectUris: [{ url: callback, type: 'authorization' }],
      },
    },
  );
  const { id, clientId } = createOAuth2Provider.oAuth2Provider;
  const { viewOAuth2ProviderSecret } = await admin(
    at,
    'mutation ($id: ID!) { viewOAuth2ProviderSecret(id: $id, field: "clientSecret") { value } }',
    { id },
  );
  const { createApplication } = await admin(
    at,
    'mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }',
    { input: { name: 'Expenses', slug: 'expenses', provider: id } },
  );
  return {
    providerId: id,
    applicationId: createApplication.application.id,
    slug: 'expenses',
    clientId,
    clientSecret: viewOAuth2ProviderSecret.value,
    issuer: `${door.baseUrl}/application/o/expenses/`,
  };
};

const applicationName = async (at: Installation): Promise<string> =>
  (await admin(at, 'query ($id: ID!) { application(id: $id) { name } }', { id: party.applicationId }))
    .application.name as string;
const rename = (at: Installation, name: string): Promise<unknown> =>
  admin(
    at,
    'mutation ($id: ID!, $name: String!) { updateApplication(id: $id, input: { name: $name }) { position } }',
    { id: party.applicationId, name },
  );
const signsIn = async (at: Installation, username: string): Promise<boolean> =>
  (await new Client(at.baseUrl).login(username, password)).body?.component === 'xak-flow-redirect';
const whoIs = async (browser: Client): Promise<string | undefined> =>
  (await browser.graphql('{ me { user { username } } }')).body?.data?.me?.user?.username as
    string | undefined;

beforeAll(async () => {
  former = buildFormerVersion(formerCommit);
  database = await createDatabase();
  const environment = {
    DATABASE_URL: databaseUrl(database),
    MUNIMENT_MASTER_KEY: randomBytes(32).toString('base64'),
    MUNIMENT_BOOTSTRAP_PASSWORD: adminPassword,
    MUNIMENT_BOOTSTRAP_TOKEN: adminToken,
  };
  old = await Installation.create(environment, former.startFile);
  present = await Installation.create(environment);
  await old.start();
  door = await startSwitchingProxy(old.baseUrl);
  party = await createParty(old);
  await createPerson(old, person.username);
}, 240_000);

afterAll(async () => {
  await door.close();
  await present.destroy();
  await old.destroy();
  await database.drop();
  former.remove();
});

describe('R16, R17: the version before and this one on one database', () => {
  it('sign-ins at the old one go on while the new one migrates and starts', async () => {
    let starting = true;
    const outcomes: boolean[] = [];
    const signingIn = (async () => {
      while (starting) outcomes.push(await signsIn(old, person.username));
    })();
    await present.start();
    starting = false;
    await signingIn;
    expect(outcomes.length).toBeGreaterThan(3);
    expect(outcomes.filter((ok) => !ok)).toEqual([]);
  });

  it('what one writes the other reads: objects, people, passwords', async () => {
    for (const [writer, reader, name] of [
      [old, present, 'from-old'],
      [present, old, 'from-new'],
    ] as const) {
      await rename(writer, name);
      await expect.poll(() => applicationName(reader)).toBe(name);
      await createPerson(writer, name);
      await expect.poll(() => signsIn(reader, name)).toBe(true);
    }
  });

  it('a session of one is a session of the other', async () => {
    for (const [first, second] of [
      [old, present],
      [present, old],
    ] as const) {
      door.target = first.baseUrl;
      const browser = new Client(door.baseUrl);
      await browser.login(person.username, password);
      door.target = second.baseUrl;
      await expect.poll(() => whoIs(browser)).toBe(person.username);
    }
  });

  it('a flow begun at one ends at the other, step by step', async () => {
    for (const [first, second] of [
      [old, present],
      [present, old],
    ] as const) {
      door.target = first.baseUrl;
      const browser = new Client(door.baseUrl);
      const path = '/api/v3/flows/executor/default-authentication-flow/?query=';
      const begun = await browser.request('GET', path);
      const run = `${path}&execution=${begun.body.flow_info.execution as string}`;
      door.target = second.baseUrl;
      const asked = await browser.request('POST', run, {
        body: { component: begun.body.component, uid_field: person.username },
      });
      expect(asked.body.component).toBe('ak-stage-password');
      door.target = first.baseUrl;
      const done = await browser.request('POST', run, {
        body: { component: 'ak-stage-password', password },
      });
      expect(done.body.component).toBe('xak-flow-redirect');
    }
  });

  it('codes and refresh tokens of one are redeemed at the other, and a revocation holds at both', async () => {
    for (const [first, second] of [
      [old, present],
      [present, old],
    ] as const) {
      const machine = new Client(door.baseUrl);
      door.target = first.baseUrl;
      const { code, pkce } = await obtainCode(new Client(door.baseUrl), door, party, person, everything);
      door.target = second.baseUrl;
      const tokens = await redeem(machine, party, code, pkce);
      expect(tokens.status, tokens.text).toBe(200);
      door.target = first.baseUrl;
      const renewed = await refresh(machine, party, tokens.body.refresh_token);
      expect(renewed.status, renewed.text).toBe(200);
      const authorization = { authorization: basic(party) };
      const active = async (): Promise<boolean> =>
        (
          await post(
            machine,
            '/application/o/introspect/',
            { token: renewed.body.access_token },
            authorization,
          )
        ).body.active as boolean;
      door.target = second.baseUrl;
      await expect.poll(active).toBe(true);
      door.target = first.baseUrl;
      await post(machine, '/application/o/revoke/', { token: renewed.body.refresh_token }, authorization);
      door.target = second.baseUrl;
      await expect.poll(active).toBe(false);
      expect((await redeem(machine, party, code, newPkce())).body.error).toBe('invalid_grant');
    }
  });

  it('sign-ins that change between the two at every request all end well', async () => {
    const outcomes = [];
    for (let n = 0; n < 20; n += 1) {
      const browser = new Client(door.baseUrl);
      let at = n % 2;
      const path = '/api/v3/flows/executor/default-authentication-flow/?query=';
      const step = async (method: string, suffix = '', body?: unknown): Promise<any> => {
        door.target = (at++ % 2 === 0 ? old : present).baseUrl;
        return (await browser.request(method, path + suffix, body === undefined ? {} : { body })).body;
      };
      const { component, flow_info } = await step('GET');
      const run = `&execution=${flow_info.execution as string}`;
      await step('POST', run, { component, uid_field: person.username });
      outcomes.push((await step('POST', run, { component: 'ak-stage-password', password })).component);
    }
    expect(new Set(outcomes)).toEqual(new Set(['xak-flow-redirect']));
  });

  it('the way back: the old one starts again on the migrated database, the new one after it', async () => {
    expect(await old.signal('SIGTERM')).toBe(0);
    await rename(present, 'while-away');
    expect(await present.signal('SIGTERM')).toBe(0);
    await old.start();
    expect(await applicationName(old)).toBe('while-away');
    expect(await signsIn(old, 'from-new')).toBe(true);
    await rename(old, 'back-again');
    expect(await old.signal('SIGTERM')).toBe(0);
    await present.start();
    expect(await applicationName(present)).toBe('back-again');
    expect(await signsIn(present, 'from-old')).toBe(true);
  });
});
