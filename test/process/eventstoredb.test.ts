import { setTimeout as delay } from 'node:timers/promises';
import * as oidc from 'openid-client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { createDatabase, databaseUrl, type TestDatabase } from '../support/database.js';
import { EventStoreDBProcess } from '../support/eventstoredb-process.js';
import { freePort } from '../../bin/free-port.mjs';
import { Installation } from '../support/process.js';
import { adminPassword, adminToken } from '../support/product.js';
import { Receiver } from '../support/receiver.js';
import { browse, callback } from '../support/relying-party.js';

const waitMs = 30_000;

let node: EventStoreDBProcess;
let database: TestDatabase;
let receiver: Receiver;
let product: Installation;
let client: Client;

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + waitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it did not come about: ${product.output}`);
    await delay(20);
  }
};

const createGroup = (name: string): Promise<unknown> =>
  client.admin('mutation($n: String!) { createGroup(input: { name: $n }) { position } }', { n: name });

const groupNames = async (): Promise<string[]> => {
  const { groups } = await client.admin('{ groups(first: 100) { nodes { name } } }');
  return groups.nodes.map(({ name }: { name: string }) => name);
};

beforeAll(async () => {
  [node, database, receiver] = await Promise.all([
    EventStoreDBProcess.start(),
    createDatabase(),
    Receiver.start(),
  ]);
  receiver.behave = (_request, response) => {
    response.writeHead(204).end();
  };
  product = await Installation.create({
    DATABASE_URL: databaseUrl(database),
    EVENTSTORE_URL: node.url,
    MUNIMENT_BOOTSTRAP_PASSWORD: adminPassword,
    MUNIMENT_BOOTSTRAP_TOKEN: adminToken,
    MUNIMENT_OUTBOUND_ALLOW: receiver.target,
    MUNIMENT_LOG_LEVEL: 'error',
  });
  await product.start();
  client = new Client(product.baseUrl);
}, 120_000);
afterAll(async () => {
  await product.destroy();
  await node.destroy();
  await receiver.stop();
  await database.drop();
});

/** What the sink was sent, in order; what came again is left out. */
const handedOver = (): any[] => [
  ...new Map(
    receiver
      .at('/siem')
      .flatMap(({ body }) => JSON.parse(body) as any[])
      .map((entry) => [entry.id, entry]),
  ).values(),
];

/** Ids of the entries of the event log, oldest first. */
const loggedIds = async (): Promise<string[]> => {
  const ids: string[] = [];
  for (let after: string | null = null; ;) {
    const { auditEntries }: any = await client.admin(
      'query($after: String) { auditEntries(first: 200, after: $after) { nodes { id } endCursor hasNextPage } }',
      { after },
    );
    ids.unshift(...auditEntries.nodes.map(({ id }: { id: string }) => id).reverse());
    if (!auditEntries.hasNextPage) return ids;
    after = auditEntries.endCursor;
  }
};

/** Waits until the sink has the entries of the event log, each, in their order. */
const untilSinkHasAll = (): Promise<void> =>
  until(
    async () =>
      (await loggedIds()).join() ===
      handedOver()
        .map(({ id }) => id)
        .join(),
  );

/** Signs the administrator in at an application, with code and PKCE, by a client of others. */
const signInAt = async (slug: string, clientId: string, secret: string): Promise<oidc.IDToken> => {
  const config = await oidc.discovery(
    new URL(`${product.baseUrl}/application/o/${slug}/`),
    clientId,
    undefined,
    oidc.ClientSecretBasic(secret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the product listens without TLS on loopback only
    { execute: [oidc.allowInsecureRequests] },
  );
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid profile',
    state,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const answers = { username: 'akadmin', password: adminPassword };
  const arrival = await browse(new Client(product.baseUrl), product, address.href, answers);
  const tokens = await oidc.authorizationCodeGrant(config, arrival.url, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    idTokenExpected: true,
  });
  return tokens.claims()!;
};

const createApplication = async (slug: string): Promise<[string, string]> => {
  const { flows } = await client.admin('{ flows(first: 100) { nodes { id slug } } }');
  const { createOAuth2Provider } = await client.admin(
    'mutation ($input: CreateOAuth2ProviderInput!) { createOAuth2Provider(input: $input) { oAuth2Provider { id clientId } } }',
    {
      input: {
        name: `Provider of ${slug}`,
        authorizationFlow: flows.nodes.find(
          (flow: any) => flow.slug === 'default-provider-authorization-implicit-consent',
        ).id,
        redirectUris: [{ url: callback, type: 'authorization' }],
      },
    },
  );
  const { id, clientId } = createOAuth2Provider.oAuth2Provider;
  await client.admin(
    'mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { position } }',
    { input: { name: slug, slug, provider: id } },
  );
  const { rotateClientSecret } = await client.admin(
    'mutation ($id: ID!) { rotateClientSecret(id: $id) { clientSecret } }',
    { id },
  );
  return [clientId as string, rotateClientSecret.clientSecret as string];
};

describe('the whole product with its log in EventStoreDB (stand-in)', () => {
  let credentials: [string, string];

  it('signs people in, and foreign clients through OpenID Connect', async () => {
    expect((await new Client(product.baseUrl).login('akadmin', adminPassword)).body.component).toBe(
      'xak-flow-redirect',
    );
    credentials = await createApplication('expenses');
    expect((await signInAt('expenses', ...credentials))['preferred_username']).toBe('akadmin');
    const { auditEntries } = await client.admin('{ auditEntries(first: 50) { nodes { action } } }');
    expect(auditEntries.nodes.map((entry: any) => entry.action)).toContain('login');
  });

  it('R5: notifies of what happens from now on', async () => {
    const { groups } = await client.admin('{ groups(search: "authentik Admins") { nodes { id } } }');
    const { createNotificationTransport } = await client.admin(
      'mutation($i: CreateNotificationTransportInput!) { createNotificationTransport(input: $i) { notificationTransport { id } } }',
      { i: { name: 'sink', mode: 'webhook', webhookUrl: receiver.url('/sink'), sendOnce: true } },
    );
    await client.admin(
      'mutation($i: CreateNotificationRuleInput!) { createNotificationRule(input: $i) { position } }',
      {
        i: {
          name: 'groups',
          when: {
            all: [
              { field: 'action', is: ['model_created'] },
              { field: 'target.type', is: ['group'] },
            ],
          },
          transports: [createNotificationTransport.notificationTransport.id],
          destinationGroup: groups.nodes[0].id,
        },
      },
    );
    await createGroup('first');
    await until(() => receiver.at('/sink').length === 1);
  });

  it('R5: hands the whole event log to a sink', async () => {
    await client.admin('mutation($i: CreateHttpSinkInput!) { createHttpSink(input: $i) { position } }', {
      i: { name: 'siem', url: receiver.url('/siem'), start: 'beginning', batchSeconds: 0 },
    });
    await until(() => handedOver().some(({ target }) => target?.label === 'first'));
    await untilSinkHasAll();
  });

  it('R8: a name is taken once, also by two at the same moment', async () => {
    const outcomes = await Promise.allSettled([
      createGroup('same'),
      createGroup('same'),
      createGroup('same'),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await groupNames()).filter((name) => name === 'same')).toHaveLength(1);
  });

  it('R1, R2: goes on after a kill -9 of the product', async () => {
    await createGroup('before the kill');
    await product.signal('SIGKILL');
    await product.start();
    expect(await groupNames()).toContain('before the kill');
    await signInAt('expenses', ...credentials);
    await createGroup('after the kill');
    await until(() => receiver.at('/sink').length === 4);
    await untilSinkHasAll();
  });

  it('R9, R10: refuses while EventStoreDB is away, and goes on by itself when it is back', async () => {
    await createGroup('before the outage');
    await node.kill();
    const refused = await client.graphql(
      'mutation { createGroup(input: { name: "in the outage" }) { position } }',
      {},
      { authorization: `Bearer ${adminToken}` },
    );
    expect(refused.body.errors[0].extensions.code).toBe('DEPENDENCY_UNAVAILABLE');
    expect(await groupNames()).toContain('before the outage');
    await node.start();
    await until(async () => (await createGroup('after the outage').catch(() => null)) !== null);
    await until(async () => (await groupNames()).includes('after the outage'));
    await signInAt('expenses', ...credentials);
    await until(() =>
      receiver.at('/sink').some(({ body }) => JSON.parse(body).event.target.label === 'after the outage'),
    );
    await untilSinkHasAll();
  });

  it('refuses a database that belongs to another log, in one line', async () => {
    const other = await EventStoreDBProcess.start();
    try {
      const { code, stderr } = await product.run(['up'], { env: { EVENTSTORE_URL: other.url } });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^muniment: EVENTSTORE_URL: this database belongs to another log \([0-9a-f-]+\)\.\n$/,
      );
    } finally {
      await other.destroy();
    }
    const without = await product.run(['up'], { env: { EVENTSTORE_URL: '' } });
    expect(without.stderr).toMatch(
      /^muniment: EVENTSTORE_URL: this installation keeps its log in EventStoreDB/,
    );
  });

  it('says in one line that nobody answers, and that an address is none', async () => {
    const port = String(await freePort());
    const start = (url: string) => product.run(['up'], { env: { EVENTSTORE_URL: url } });
    const silent = await start(`esdb://user:secret@127.0.0.1:${port}?tls=false`);
    expect(silent.stderr).toMatch(
      new RegExp(`^muniment: EVENTSTORE_URL: no EventStoreDB answers at 127.0.0.1:${port} \\(.*\\)\\.\n$`),
    );
    expect(silent.stderr).not.toContain('secret');
    expect((await start('http://localhost')).stderr).toBe(
      'muniment: EVENTSTORE_URL: write esdb://host:port\n',
    );
    const { stdout } = await product.run(['config'], {
      env: { EVENTSTORE_URL: 'esdb://user:secret@localhost:2113' },
    });
    expect(stdout).toContain('EVENTSTORE_URL=esdb://user:********@localhost:2113\n');
  });

  it('a younger database beside the log: numbers go on, and nobody is notified of the past', async () => {
    const { createUser } = await client.admin(
      'mutation { createUser(input: { username: "jane" }) { user { number } } }',
    );
    await product.signal('SIGTERM');
    const sql = new pg.Client(databaseUrl(database));
    await sql.connect();
    // As a database would stand that was restored from an older copy.
    await sql.query("select setval('es.user_number', 2, false); update es.head set external_store = null");
    await sql.query('update outbox.reactor set position = 0');
    await sql.end();
    const before = receiver.at('/sink').length;
    await product.start();
    const { createUser: next } = await client.admin(
      'mutation { createUser(input: { username: "john" }) { user { number } } }',
    );
    expect(next.user.number).toBeGreaterThan(createUser.user.number);
    await createGroup('the newest');
    await until(() =>
      receiver.at('/sink').some(({ body }) => JSON.parse(body).event.target.label === 'the newest'),
    );
    expect(receiver.at('/sink')).toHaveLength(before + 1);
  });
});
