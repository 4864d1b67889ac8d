import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashingAt } from '../chaos/inject/environment.mjs';
import { Client } from '../support/client.js';
import { Installation } from '../support/process.js';
import { adminToken } from '../support/product.js';
import { Receiver } from '../support/receiver.js';

const password = 'a long enough password';

const install = (environment: Record<string, string> = {}): Promise<Installation> =>
  Installation.create({
    MUNIMENT_BOOTSTRAP_PASSWORD: password,
    MUNIMENT_BOOTSTRAP_TOKEN: adminToken,
    ...environment,
  });

describe('R26: a first start that is killed again and again', () => {
  it.each([
    ['mid-migration', [1, 3]],
    ['mid-bootstrap', [1, 20]],
  ])('%s goes on where it was, and makes everything once', async (point, times) => {
    const installation = await install();
    try {
      for (const nth of times)
        await expect(installation.start(crashingAt(point, nth))).rejects.toThrow('did not start');
      await installation.start();
      const client = new Client(installation.baseUrl);
      const shipped = await client.admin(
        '{ users(first: 10) { totalCount } groups { nodes { name } } flows(first: 100) { nodes { slug } } certificates { totalCount } }',
      );
      expect(shipped.users.totalCount).toBe(1);
      expect(shipped.groups.nodes.map((node: any) => node.name as string)).toEqual(['authentik Admins']);
      const slugs = shipped.flows.nodes.map((node: any) => node.slug as string);
      expect(new Set(slugs).size).toBe(slugs.length);
      expect(slugs).toContain('default-authentication-flow');
      expect((await client.login('akadmin', password)).body.component).toBe('xak-flow-redirect');
    } finally {
      await installation.destroy();
    }
  });
});

describe('R2: a process that dies at a point of its work', () => {
  let installation: Installation;
  let receiver: Receiver;
  let client: Client;
  const created: string[] = [];
  const tried: string[] = [];

  beforeAll(async () => {
    receiver = await Receiver.start();
    installation = await install({ MUNIMENT_OUTBOUND_ALLOW: receiver.target });
    await installation.start();
    client = new Client(installation.baseUrl);
    const { groups } = await client.admin('{ groups(search: "authentik Admins") { nodes { id } } }');
    const { createNotificationTransport } = await client.admin(
      'mutation($i: CreateNotificationTransportInput!) { createNotificationTransport(input: $i) { notificationTransport { id } } }',
      { i: { name: 'sink', mode: 'webhook', webhookUrl: receiver.url('/sink'), sendOnce: true } },
    );
    const is = (field: string, value: string): object => ({ field, is: [value] });
    await client.admin(
      'mutation($i: CreateNotificationRuleInput!) { createNotificationRule(input: $i) { position } }',
      {
        i: {
          name: 'users',
          when: { all: [is('action', 'model_created'), is('target.type', 'user')] },
          transports: [createNotificationTransport.notificationTransport.id],
          destinationGroup: groups.nodes[0].id,
        },
      },
    );
    await installation.signal('SIGTERM');
  });
  afterAll(async () => {
    await installation.destroy();
    await receiver.stop();
  });

  /** Creates users until the process is gone. */
  const workUntilDead = async (point: string): Promise<void> => {
    for (let n = 0; await installation.isReady(); n += 1) {
      const username = `${point}-${String(n)}`;
      tried.push(username);
      await client
        .admin('mutation($u: String!) { createUser(input: { username: $u }) { position } }', { u: username })
        .then(() => created.push(username))
        .catch(() => delay(20));
      expect(n, 'the point is never reached').toBeLessThan(100);
    }
  };

  const present = async (): Promise<string[]> => {
    const { users } = await client.admin('{ users(first: 200) { nodes { username } } }');
    return users.nodes.map((node: any) => node.username as string);
  };

  it.each(['before-append', 'after-append', 'before-checkpoint', 'before-commit-of-rows', 'after-send'])(
    '%s: the next start needs nobody and has everything that was acknowledged',
    async (point) => {
      // What the point before has left behind may lead to this one at once.
      const ready = await installation.start(crashingAt(point, 3)).then(
        () => true,
        () => false,
      );
      if (ready) {
        const names = await present();
        expect(created.filter((username) => !names.includes(username))).toEqual([]);
        await workUntilDead(point);
      }
      await installation.signal('SIGKILL');
    },
  );

  it('acceptance 1: everything is there once, has its entry in the event log, and was told', async () => {
    await installation.start();
    const names = await present();
    expect(created.length).toBeGreaterThan(2);
    expect(created.filter((username) => !names.includes(username))).toEqual([]);
    expect(names.filter((name) => name !== 'akadmin' && !tried.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    const entries = async (): Promise<string[]> => {
      const { auditEntries } = await client.admin(
        '{ auditEntries(first: 200, filter: { actions: ["model_created"], targetType: "user" }) { nodes { targetLabel } } }',
      );
      return (auditEntries.nodes as { targetLabel: string }[]).map(({ targetLabel }) => targetLabel).sort();
    };
    await expect.poll(entries, { timeout: 30_000 }).toEqual([...names].sort());
    const told = (): string[] => [
      ...new Set(receiver.at('/sink').map(({ body }) => JSON.parse(body).event.target.label as string)),
    ];
    await expect
      .poll(told, { timeout: 30_000 })
      .toEqual(expect.arrayContaining(names.filter((name) => name !== 'akadmin')));
  });
});
