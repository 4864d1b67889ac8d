import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { deleteUserCommand } from '../../commands/directory/delete-user.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { notificationRule } from '../../domain/notification/rule/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { auditSchema } from '../../projections/audit/table.js';
import { runNotifications } from '../../bin/notifications.js';
import { startProduct, type Product } from '../support/product.js';
import { Receiver } from '../support/receiver.js';

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes....').toString('base64')}`;
/** Three attempts, a twentieth of a second apart. */
const hurried = ({ attempts }: { attempts: number }): number | null => (attempts >= 3 ? null : 50);

let product: Product;
let receiver: Receiver;
let groupId: string;
let userId: string;
let made = 0;

const create = async (model: Model<any>, values: Record<string, unknown>): Promise<string> => {
  const { id } = await product.run(createModelCommand(model as Model), { values });
  return id;
};

const transport = (path: string, values: Record<string, unknown> = {}): Promise<string> =>
  create(notificationTransport, {
    name: `transport ${String(++made)}`,
    mode: 'webhook',
    webhookUrl: receiver.url(path),
    ...values,
  });

const rule = (
  transports: readonly string[],
  reason: string,
  values: Record<string, unknown> = {},
): Promise<string> =>
  create(notificationRule, {
    name: `rule ${String(++made)}`,
    when: { field: 'reason', is: [reason] },
    severity: 'warning',
    transports,
    destinationGroup: groupId,
    ...values,
  });

/** Lets something happen that a rule may look for. */
const happen = (reason: string, detail: Record<string, string> = {}): Promise<void> =>
  product.run(recordFactCommand, {
    type: 'activity.request.refused',
    data: { code: reason, subject: userId, userId: null, detail },
  });

interface Row {
  readonly id: string;
  readonly lane: string;
  readonly status: string;
  readonly attempts: number;
  readonly failure: string | null;
}
const rows = async (lane: string): Promise<Row[]> =>
  (
    await sql<Row>`select id, lane, status, attempts, failure from outbox.delivery where lane = ${lane} order by number`.execute(
      product.core.db,
    )
  ).rows;

const settled = (lane: string, count: number): Promise<Row[]> =>
  vi.waitFor(
    async () => {
      const found = await rows(lane);
      expect(found.length).toBe(count);
      expect(found.every((row) => row.status !== 'pending')).toBe(true);
      return found;
    },
    { timeout: 25_000, interval: 25 },
  );

beforeAll(async () => {
  receiver = await Receiver.start();
  product = await startProduct({ MUNIMENT_OUTBOUND_ALLOW: receiver.target }, hurried);
  const parent = await create(group, { name: 'watchers' });
  const child = await create(group, { name: 'night watch', parents: [parent] });
  groupId = parent;
  ({ userId } = await product.run(createUserCommand, { username: 'watcher', email: 'watcher@example.com' }));
  await product.run(grantMembershipCommand, { groupId: child, userId });
});
afterAll(async () => {
  await product.stop();
  await receiver.stop();
});
beforeEach(() => {
  receiver.behave = (_request, response) => {
    response.writeHead(204).end();
  };
});

describe('a webhook', () => {
  it('carries the event, signed so that another implementation verifies it', async () => {
    const lane = await transport('/signed', { webhookSecret: secret });
    await rule([lane], 'signed');
    await happen('signed', { canary: 'seen by the receiver' });
    const [row] = await settled(lane, 1);
    const [request] = receiver.at('/signed');
    expect(request!.id).toBe(row!.id);
    expect(
      new Webhook(secret).verify(request!.body, request!.headers as Record<string, string>),
    ).toMatchObject({
      severity: 'warning',
      user_username: 'watcher',
      user_email: 'watcher@example.com',
      event: {
        action: 'suspicious_request',
        severity: 'warning',
        outcome: 'failure',
        reason: 'signed',
        actor: { type: 'system' },
        context: { detail: { canary: 'seen by the receiver' } },
      },
    });
    expect(() =>
      new Webhook(secret).verify(`${request!.body} `, request!.headers as Record<string, string>),
    ).toThrow();
  });

  it('is unsigned without a secret, and one for all when it is sent once', async () => {
    const second = await product.run(createUserCommand, { username: 'second-watcher' });
    await product.run(grantMembershipCommand, { groupId, userId: second.userId });
    const each = await transport('/each');
    const once = await transport('/once', { sendOnce: true });
    await rule([each, once], 'counted');
    await happen('counted');
    await settled(each, 2);
    await settled(once, 1);
    expect(
      receiver
        .at('/each')
        .map(({ body }) => JSON.parse(body).user_username)
        .sort(),
    ).toEqual(['second-watcher', 'watcher']);
    expect(receiver.at('/each')[0]!.headers['webhook-signature']).toBeUndefined();
    expect(JSON.parse(receiver.at('/once')[0]!.body).user_username).toBeNull();
  });

  it('in the form of Slack has the fields and no way to call everybody', async () => {
    const lane = await transport('/slack', { mode: 'webhook_slack', sendOnce: true });
    await create(notificationRule, {
      name: 'slack',
      when: {
        all: [{ field: 'action', is: ['configuration_error'] }],
      },
      transports: [lane],
      destinationGroup: groupId,
    });
    await product.run(recordFactCommand, {
      type: 'activity.configuration.failed',
      data: { message: 'wrong <!channel>', references: { expected: 'x'.repeat(3000) } },
    });
    await settled(lane, 1);
    const { attachments, username } = JSON.parse(receiver.at('/slack')[0]!.body);
    expect(username).toBe('Muniment');
    expect(attachments[0]).toMatchObject({ title: 'Configuration error', color: '#fd4b2d' });
    expect(attachments[0].fields).toContainEqual({
      title: 'message',
      value: 'wrong &lt;!channel&gt;',
      short: false,
    });
    expect(attachments[0].fields.find((field: any) => field.title === 'expected').value).toHaveLength(1024);
  });
});

describe('R5: a receiver that fails', () => {
  it.each<[string, Receiver['behave']]>([
    ['500 twice, then 200', (_r, response, attempt) => response.writeHead(attempt < 3 ? 500 : 200).end()],
    [
      'a reset connection',
      (_r, response, attempt) => {
        if (attempt === 1) response.socket?.resetAndDestroy();
        else response.writeHead(200).end();
      },
    ],
    [
      'a redirect, which is not followed',
      (_r, response, attempt) =>
        response.writeHead(attempt === 1 ? 302 : 200, { location: receiver.url('/elsewhere') }).end(),
    ],
  ])('%s: gets each message once or more, in order, always under the same id', async (_what, behave) => {
    const path = `/failing-${String(++made)}`;
    const lane = await transport(path, { sendOnce: true });
    await rule([lane], path);
    receiver.behave = behave;
    for (const n of ['1', '2', '3']) await happen(path, { n });
    const delivered = await settled(lane, 3);
    expect(delivered.map((row) => row.status)).toEqual(['delivered', 'delivered', 'delivered']);
    const ids = receiver.at(path).map((request) => request.id);
    expect([...new Set(ids)]).toEqual(delivered.map((row) => row.id));
    expect(ids.length).toBeGreaterThan(3);
    const numbers = receiver.at(path).map(({ body }) => JSON.parse(body).event.context.detail.n as string);
    expect(numbers).toEqual([...numbers].sort());
    expect(receiver.at('/elsewhere')).toEqual([]);
  });

  it('a huge or endless body after 200 counts as received and is not read', async () => {
    const lane = await transport('/huge', { sendOnce: true });
    await rule([lane], 'huge');
    let sent = 0;
    receiver.behave = (_r, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024);
      const push = (): void => {
        while (sent < 200 && !response.destroyed) {
          sent += 1;
          if (!response.write(chunk)) {
            response.once('drain', push);
            return;
          }
        }
      };
      push();
    };
    await happen('huge');
    const [row] = await settled(lane, 1);
    expect(row).toMatchObject({ status: 'delivered', attempts: 1 });
    expect(sent).toBeLessThan(50);
  });

  it('one that never answers holds up nobody else, and is given up on record', async () => {
    const silentLane = await transport('/silent', { sendOnce: true });
    const quickLane = await transport('/quick', { sendOnce: true });
    const parkedRule = await rule([silentLane, quickLane], 'both');
    receiver.behave = (request, response) => {
      if (request.path === '/quick') response.writeHead(200).end();
    };
    const since = Date.now();
    await happen('both');
    await settled(quickLane, 1);
    expect(Date.now() - since).toBeLessThan(4000);
    const [row] = await settled(silentLane, 1);
    expect(row).toMatchObject({
      status: 'parked',
      attempts: 3,
      failure: 'The request failed: no answer came in time.',
    });
    await product.settle();
    const { rows: entries } = await sql<{ target_id: string; context: any; actor_id: string }>`
      select * from ${auditSchema.table('entry')} where action = 'system_task_exception'`.execute(
      product.core.db,
    );
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      target_id: silentLane,
      actor_id: 'notifications',
      context: { rule: parkedRule, attempts: 3 },
    });
  }, 60_000);

  it('a given-up message lets the next one go', async () => {
    const lane = await transport('/poison', { sendOnce: true });
    await rule([lane], 'poison');
    receiver.behave = (request, response) => {
      response.writeHead(JSON.parse(request.body).event.context.detail.n === '1' ? 400 : 200).end();
    };
    await happen('poison', { n: '1' });
    await happen('poison', { n: '2' });
    expect((await settled(lane, 2)).map(({ status, attempts }) => [status, attempts])).toEqual([
      ['parked', 3],
      ['delivered', 1],
    ]);
  });
});

describe('what rules do not do', () => {
  it('a rule that meets everything does not feed itself, whatever becomes of its deliveries', async () => {
    const failing = await transport('/loop', { sendOnce: true });
    const local = await create(notificationTransport, { name: 'loop local', mode: 'local' });
    receiver.behave = (_r, response) => {
      response.writeHead(500).end();
    };
    const id = await rule([failing, local], 'unused', { when: { all: [] } });
    await happen('loop');
    await vi.waitFor(async () => {
      const found = await rows(failing);
      expect(found.length).toBeGreaterThan(0);
      expect(found.every((row) => row.status === 'parked')).toBe(true);
    }, 20_000);
    const before = (await rows(failing)).length;
    await product.run(deleteModelCommand(notificationRule as unknown as Model), { id });
    await product.settle();
    const { rows: entries } = await sql<{ n: number }>`
      select count(*)::int as n from ${auditSchema.table('entry')} where action = 'system_task_exception' and target_id = ${failing}`.execute(
      product.core.db,
    );
    expect(entries[0]!.n).toBe(before);
    // The rule's own creation, and what happened; nothing that came of them.
    expect(before).toBeLessThanOrEqual(2);
  });

  it('nothing is stored for a rule that is off, leads nowhere or to nobody', async () => {
    const lane = await transport('/never');
    const lonely = await create(group, { name: 'nobody in it' });
    await rule([lane], 'off', { enabled: false });
    await rule([], 'off');
    await rule([lane], 'off', { destinationGroup: null });
    await rule([lane], 'off', { destinationGroup: lonely });
    await happen('off');
    const marker = await transport('/marker', { sendOnce: true });
    await rule([marker], 'marker');
    await happen('marker');
    await settled(marker, 1);
    expect(await rows(lane)).toEqual([]);
  });

  it.each<[string, (id: string, recipient: string) => Promise<unknown>, string]>([
    [
      'rule',
      (id) => product.run(deleteModelCommand(notificationRule as unknown as Model), { id }),
      'the rule or the transport was deleted',
    ],
    [
      'person',
      (_id, recipient) => product.run(deleteUserCommand, { userId: recipient }),
      'the recipient is gone',
    ],
  ])(
    'nothing is sent again for a %s that was deleted meanwhile, and the row says why',
    async (what, remove, reason) => {
      const path = `/deleted-${what}`;
      const lane = await transport(path);
      const { userId: recipient } = await product.run(createUserCommand, { username: `leaving-${what}` });
      const ownGroup = await create(group, { name: `of ${what}` });
      await product.run(grantMembershipCommand, { groupId: ownGroup, userId: recipient });
      const id = await rule([lane], path, { destinationGroup: ownGroup });
      let release = (): void => undefined;
      receiver.behave = (_r, response) => {
        release = () => response.writeHead(500).end();
      };
      await happen(path);
      await vi.waitFor(() => expect(receiver.at(path)).toHaveLength(1), 10_000);
      await remove(id, recipient);
      release();
      expect(await settled(lane, 1)).toMatchObject([{ status: 'dropped', failure: reason }]);
      expect(receiver.at(path)).toHaveLength(1);
    },
  );

  it('nothing personal stands in the outbox', async () => {
    const { rows: all } = await sql<{ text: string }>`
      select string_agg(d::text, ' ') as text from outbox.delivery d`.execute(product.core.db);
    expect(all[0]!.text).not.toMatch(/watcher|example\.com|canary/);
    expect(all[0]!.text).toContain('entryId');
  });
});

describe('R3: processes that compete', () => {
  it('send each message once and in order, and one goes on for the other', async () => {
    const stops = [runNotifications(product.core, hurried), runNotifications(product.core, hurried)];
    const lanes = await Promise.all(['/a', '/b', '/c'].map((path) => transport(path, { sendOnce: true })));
    await rule(lanes, 'competing');
    for (let n = 10; n < 40; n += 1) {
      await happen('competing', { n: String(n) });
      if (n === 25) await stops.pop()!();
    }
    for (const [index, path] of ['/a', '/b', '/c'].entries()) {
      await settled(lanes[index]!, 30);
      const numbers = receiver.at(path).map(({ body }) => JSON.parse(body).event.context.detail.n as string);
      expect(numbers).toEqual(Array.from({ length: 30 }, (_, n) => String(n + 10)));
    }
    await stops.pop()!();
  });

  it('that look again at what was looked at before add nothing', async () => {
    const lane = await transport('/again', { sendOnce: true });
    await rule([lane], 'again');
    await happen('again');
    await settled(lane, 1);
    await product.stopNotifications();
    await sql`update outbox.reactor set position = 0`.execute(product.core.db);
    product.startNotifications();
    await happen('again');
    expect((await settled(lane, 2)).map((row) => row.id)).toEqual(receiver.at('/again').map(({ id }) => id));
  });

  it('stop at once while a receiver keeps them waiting', async () => {
    const lane = await transport('/waiting', { sendOnce: true });
    await rule([lane], 'waiting');
    receiver.behave = () => undefined;
    await happen('waiting');
    await vi.waitFor(() => expect(receiver.at('/waiting').length).toBeGreaterThan(0), 10_000);
    const since = Date.now();
    await product.stopNotifications();
    expect(Date.now() - since).toBeLessThan(2500);
    expect(await rows(lane)).toMatchObject([{ status: 'pending', attempts: 0 }]);
    product.startNotifications();
    await product.run(changeModelCommand(notificationTransport as unknown as Model), {
      id: lane,
      values: { webhookUrl: receiver.url('/relieved') },
    });
    receiver.behave = (_r, response) => {
      response.writeHead(200).end();
    };
    await settled(lane, 1);
    expect(receiver.at('/relieved')[0]!.id).toBe(receiver.at('/waiting')[0]!.id);
  });
});
