import { createClient, type Client as SocketClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { endSessionCommand } from '../../commands/access/end-session.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { group } from '../../domain/directory/group/model.js';
import { Client } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';

let product: Product;
const open: SocketClient[] = [];

beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());
afterEach(async () => {
  for (const client of open.splice(0)) await client.dispose();
});

/** A page that follows the event log: what has arrived, and how it ended. */
interface Follower {
  readonly entries: any[];
  readonly until: (action: string) => Promise<any>;
  readonly ended: Promise<unknown>;
}

const follow = async (browser: Client, headers: Record<string, string> = {}): Promise<Follower> => {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const client = createClient({
    url: `${product.baseUrl.replace('http', 'ws')}/graphql`,
    retryAttempts: 0,
    lazy: false,
    onNonLazyError: () => undefined,
    webSocketImpl: class extends WebSocket {
      constructor(url: string, protocols: string) {
        super(url, protocols, { headers: { cookie, origin: product.baseUrl, ...headers } });
      }
    },
  });
  open.push(client);
  const connected = new Promise<void>((resolve) => client.on('connected', () => resolve()));
  const entries: any[] = [];
  const waiting = new Map<string, (entry: any) => void>();
  const ended = new Promise<unknown>((resolve) => {
    client.on('closed', resolve);
    client.subscribe(
      { query: 'subscription { auditEntryAppended { action targetLabel actor { label } } }' },
      {
        next: (message: any) => {
          if (message.errors) {
            resolve(message.errors);
            return;
          }
          const entry = message.data.auditEntryAppended;
          entries.push(entry);
          waiting.get(entry.action as string)?.(entry);
        },
        error: resolve,
        complete: () => resolve('complete'),
      },
    );
  });
  await Promise.race([connected, ended]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const until = (action: string): Promise<any> =>
    new Promise((resolve) => {
      const known = entries.find((entry) => entry.action === action);
      if (known) resolve(known);
      else waiting.set(action, resolve);
    });
  return { entries, until, ended };
};

const signIn = async (username: string, secret: string): Promise<Client> => {
  const browser = new Client(product.baseUrl);
  await browser.login(username, secret);
  return browser;
};

describe('following the event log', () => {
  it('an administrator sees each entry as it happens', async () => {
    const follower = await follow(await signIn('akadmin', adminPassword));
    await createPerson(product, 'jane');
    expect(await follower.until('password_set')).toMatchObject({ targetLabel: 'jane' });
  });

  it('others see what concerns themselves, and nothing else', async () => {
    await createPerson(product, 'kim');
    const follower = await follow(await signIn('kim', password));
    await createPerson(product, 'somebody-else');
    await signIn('kim', password);
    expect(await follower.until('login')).toMatchObject({ targetLabel: 'kim' });
    expect(follower.entries.map((entry) => entry.targetLabel)).not.toContain('somebody-else');
  });

  it('B: rights are looked at for each entry: who loses them hears no more', async () => {
    const userId = await createPerson(product, 'boss');
    const groupId = product.core.ports.config.all(group).find((each) => each.values.isSuperuser)!.id;
    await product.run(grantMembershipCommand, { userId, groupId });
    const browser = await signIn('boss', password);
    const follower = await follow(browser);
    await createPerson(product, 'before');
    expect(await follower.until('model_created')).toMatchObject({ targetLabel: 'before' });
    await new Client(product.baseUrl).admin(
      `mutation { revokeMembership(groupId: "${groupId}", userId: "${userId}") { position } }`,
    );
    await createPerson(product, 'after');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(follower.entries.map((entry) => entry.targetLabel)).not.toContain('after');
  });

  it.each(['deactivation', 'the end of the session'])('%s ends it', async (how) => {
    const name = how.replaceAll(' ', '-');
    const userId = await createPerson(product, name);
    const browser = await signIn(name, password);
    const follower = await follow(browser);
    const { body } = await browser.graphql(`{ user(id: "${userId}") { sessions { id } } }`);
    if (how === 'deactivation') await product.run(updateUserCommand, { userId, isActive: false });
    else await product.run(endSessionCommand, { sessionId: body.data.user.sessions[0].id });
    await signIn(name, password);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const seen = follower.entries.map((entry) => entry.action as string);
    expect(seen).not.toContain('login');
  });

  it('strangers and pages of other sites are refused', async () => {
    const stranger = await follow(new Client(product.baseUrl));
    expect(JSON.stringify(await stranger.ended)).toContain('Sign in first.');
    const foreign = await follow(await signIn('akadmin', adminPassword), { origin: 'https://evil.example' });
    await createPerson(product, 'unseen');
    expect(foreign.entries).toEqual([]);
    await foreign.ended;
  });
});
