import { setTimeout as delay } from 'node:timers/promises';
import { decodeJwt, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventUri } from '../../domain/ssf/event-types.js';
import { Client } from '../support/client.js';
import { Installation } from '../support/process.js';
import { adminToken } from '../support/product.js';
import { SsfReceiver } from '../support/ssf-receiver.js';

const waitMs = 60_000;
const disabled = eventUri('risc_account_disabled');

let installation: Installation;
let receiver: SsfReceiver;
let client: Client;
/** Security events in the order in which they came, those that were never answered included. */
const arrivals: JWTPayload[] = [];
/** People in the order in which their accounts were disabled. */
let people: string[] = [];

/** A client that may manage streams, with an application that everybody can use. */
const createReceiver = async (): Promise<void> => {
  const { flows, mappings } = await client.admin(
    '{ flows(first: 100) { nodes { id slug } } mappings(first: 100) { nodes { id ... on ScopeMapping { scopeName } } } }',
  );
  const authorizationFlow = flows.nodes.find(
    ({ slug }: { slug: string }) => slug === 'default-provider-authorization-implicit-consent',
  ).id as string;
  const scopes = mappings.nodes
    .filter(({ scopeName = '' }: { scopeName?: string }) => scopeName.startsWith('ssf.'))
    .map(({ id }: { id: string }) => id) as string[];
  const party = { slug: 'shop', clientId: 'shop', clientSecret: 'a secret of the shop that is long enough' };
  const { createOAuth2Provider } = await client.admin(
    'mutation($i: CreateOAuth2ProviderInput!) { createOAuth2Provider(input: $i) { oAuth2Provider { id } } }',
    {
      i: {
        name: 'shop',
        authorizationFlow,
        clientId: party.clientId,
        clientSecret: party.clientSecret,
        grantTypes: ['client_credentials'],
        scopes,
      },
    },
  );
  const providerId = createOAuth2Provider.oAuth2Provider.id as string;
  await client.admin('mutation($i: CreateApplicationInput!) { createApplication(input: $i) { position } }', {
    i: { name: 'Shop', slug: party.slug, provider: providerId },
  });
  receiver.join(
    {
      ...party,
      providerId,
      applicationId: '',
      issuer: `${installation.baseUrl}/application/o/${party.slug}/`,
    },
    installation.baseUrl,
  );
};

/** Names people in events by ids that mean nothing, so that the test knows them again. */
const nameOpaquely = async (stream: { readonly stream_id: string }): Promise<void> => {
  await client.admin(
    'mutation($id: ID!) { updateSsfStream(id: $id, input: { subjectFormat: opaque }) { position } }',
    { id: stream.stream_id },
  );
};

/** An account that was there and is disabled. */
const disableSomebody = async (): Promise<void> => {
  const { createUser } = await client.admin(
    'mutation($n: String!) { createUser(input: { username: $n }) { user { id } } }',
    { n: `person-${String(Date.now())}-${String(people.length)}` },
  );
  const id = createUser.user.id as string;
  await client.admin('mutation($id: ID!) { updateUser(id: $id, input: { isActive: false }) { position } }', {
    id,
  });
  people.push(id);
};

const personOf = (claims: JWTPayload): string => (claims['sub_id'] as { id: string }).id;

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + waitMs;
  while (!condition()) {
    if (Date.now() > deadline)
      throw new Error(`it did not come about: ${String(arrivals.length)} events, ${installation.output}`);
    await delay(10);
  }
};
const allArrived = (): boolean => {
  const came = new Set(arrivals.map(personOf));
  return people.every((id) => came.has(id));
};

/** Everybody once or more, first in the order of the log, each under one id and with the same content. */
const expectInOrder = (): void => {
  const firsts = new Map<string, JWTPayload>();
  for (const claims of arrivals) {
    const first = firsts.get(personOf(claims));
    if (first) expect(claims).toEqual(first);
    else firsts.set(personOf(claims), claims);
  }
  expect([...firsts.keys()]).toEqual(people);
  expect(new Set([...firsts.values()].map(({ jti }) => jti)).size).toBe(people.length);
};

beforeAll(async () => {
  receiver = await SsfReceiver.start();
  installation = await Installation.create({
    MUNIMENT_BOOTSTRAP_PASSWORD: 'a long enough password',
    MUNIMENT_BOOTSTRAP_TOKEN: adminToken,
    MUNIMENT_OUTBOUND_ALLOW: receiver.target,
    MUNIMENT_LOG_LEVEL: 'error',
  });
  await installation.start();
  client = new Client(installation.baseUrl);
  await createReceiver();
});
afterAll(async () => {
  await installation.destroy();
  await receiver.stop();
});
beforeEach(() => {
  arrivals.length = 0;
  people = [];
});

describe('acceptance 10, R5: kill -9 of the transmitter', () => {
  it('in the middle of pushes: every event arrives, in order, under the same id at each attempt', async () => {
    let silent = true;
    receiver.misbehave = (_response, _attempt, token) => {
      arrivals.push(decodeJwt(token));
      return silent;
    };
    const stream = await receiver.push([disabled]);
    await nameOpaquely(stream);
    for (let n = 0; n < 3; n += 1) await disableSomebody();
    // The first is at the receiver, unanswered; the others wait behind it.
    await until(() => arrivals.length > 0);
    await installation.signal('SIGKILL');
    expect(arrivals.map(personOf)).toEqual(people.slice(0, 1));
    silent = false;
    await installation.start();
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 4; n += 1) await disableSomebody();
      await delay(Math.random() * 60);
      await installation.signal('SIGKILL');
      await installation.start();
    }
    await until(allArrived);
    expectInOrder();
    // A repetition stands right behind the first: nothing later had left before it was taken.
    const order = arrivals.map((claims) => people.indexOf(personOf(claims)));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    await client.admin('mutation($id: ID!) { deleteSsfStream(id: $id) { position } }', {
      id: stream.stream_id as string,
    });
  });

  it('in the middle of polls: what was not acknowledged comes again, nothing is missing', async () => {
    const stream = await receiver.createStream({ events_requested: [disabled] });
    await nameOpaquely(stream);
    let polling = true;
    const poll = async (): Promise<void> => {
      let ack: string[] = [];
      while (polling || !allArrived()) {
        // An answer that a kill has cut off is asked for again, with the same acknowledgements.
        const answer = await receiver.poll(stream, { maxEvents: 2, ack }).catch(() => null);
        if (answer?.status !== 200) {
          await delay(20);
          continue;
        }
        const sets = answer.body.sets as Record<string, string>;
        for (const token of Object.values(sets)) arrivals.push(decodeJwt(token));
        ack = Object.keys(sets);
      }
    };
    const poller = poll();
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 4; n += 1) await disableSomebody();
      await delay(Math.random() * 60);
      await installation.signal('SIGKILL');
      await installation.start();
    }
    await until(allArrived);
    polling = false;
    await poller;
    expectInOrder();
    const address = stream.delivery.endpoint_url as string;
    const rest = await receiver.call('POST', address, {
      returnImmediately: true,
      ack: arrivals.map(({ jti }) => jti),
    });
    expect(rest.body).toEqual({ sets: {} });
  });

  it('while a stream is paused: it stays paused, holds its events, and catches up when it is enabled', async () => {
    receiver.misbehave = (_response, _attempt, token) => {
      const claims = decodeJwt(token);
      if (disabled in (claims['events'] as object)) arrivals.push(claims);
      return false;
    };
    const stream = await receiver.push([disabled]);
    await nameOpaquely(stream);
    const { status_endpoint: status } = await receiver.known();
    const id = stream.stream_id as string;
    expect((await receiver.call('POST', status, { stream_id: id, status: 'paused' })).status).toBe(200);
    for (let n = 0; n < 3; n += 1) await disableSomebody();
    await installation.signal('SIGKILL');
    await installation.start();
    await disableSomebody();
    expect((await receiver.call('GET', `${status}?stream_id=${id}`)).body).toMatchObject({
      status: 'paused',
    });
    const waiting = async (): Promise<number> => {
      const { ssfStreamDelivery } = await client.admin(
        'query($id: ID!) { ssfStreamDelivery(id: $id) { waiting } }',
        { id },
      );
      return ssfStreamDelivery.waiting as number;
    };
    await expect.poll(waiting, { timeout: waitMs, interval: 20 }).toBe(people.length);
    expect(arrivals).toEqual([]);
    await receiver.call('POST', status, { stream_id: id, status: 'enabled' });
    await until(allArrived);
    expectInOrder();
  });
});
