import { sql } from 'kysely';
import { changeModelCommand } from '../../commands/model/change-model.js';
import type { Model } from '../../domain/kernel/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { auditSchema } from '../../projections/audit/table.js';
import { runNotifications } from '../../bin/notifications.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hurried, NotificationStage } from '../support/notification-stage.js';
import type { Product } from '../support/product.js';
import type { Receiver } from '../support/receiver.js';

let stage: NotificationStage;
let product: Product;
let receiver: Receiver;
let made = 0;

/** Lets something happen to nobody that a rule may look for. */
const happen = (reason: string, detail: Record<string, string> = {}): Promise<void> =>
  stage.happen(reason, detail, null);

beforeAll(async () => {
  stage = await NotificationStage.start();
  ({ product, receiver } = stage);
});
afterAll(() => stage.stop());
beforeEach(() => {
  stage.calm();
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
    const lane = await stage.transport(path, { sendOnce: true });
    await stage.rule([lane], path);
    receiver.behave = behave;
    for (const n of ['1', '2', '3']) await happen(path, { n });
    const delivered = await stage.settled(lane, 3);
    expect(delivered.map((row) => row.status)).toEqual(['delivered', 'delivered', 'delivered']);
    const ids = receiver.at(path).map((request) => request.id);
    expect([...new Set(ids)]).toEqual(delivered.map((row) => row.id));
    expect(ids.length).toBeGreaterThan(3);
    const numbers = receiver.at(path).map(({ body }) => JSON.parse(body).event.context.detail.n as string);
    expect(numbers).toEqual([...numbers].sort());
    expect(receiver.at('/elsewhere')).toEqual([]);
  });

  it('a huge or endless body after 200 counts as received and is not read', async () => {
    const lane = await stage.transport('/huge', { sendOnce: true });
    await stage.rule([lane], 'huge');
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
    const [row] = await stage.settled(lane, 1);
    expect(row).toMatchObject({ status: 'delivered', attempts: 1 });
    expect(sent).toBeLessThan(50);
  });

  it('one that never answers holds up nobody else, and is given up on record', async () => {
    const silentLane = await stage.transport('/silent', { sendOnce: true });
    const quickLane = await stage.transport('/quick', { sendOnce: true });
    const parkedRule = await stage.rule([silentLane, quickLane], 'both');
    receiver.behave = (request, response) => {
      if (request.path === '/quick') response.writeHead(200).end();
    };
    const since = Date.now();
    await happen('both');
    await stage.settled(quickLane, 1);
    expect(Date.now() - since).toBeLessThan(4000);
    const [row] = await stage.settled(silentLane, 1);
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
    const lane = await stage.transport('/poison', { sendOnce: true });
    await stage.rule([lane], 'poison');
    receiver.behave = (request, response) => {
      response.writeHead(JSON.parse(request.body).event.context.detail.n === '1' ? 400 : 200).end();
    };
    await happen('poison', { n: '1' });
    await happen('poison', { n: '2' });
    expect((await stage.settled(lane, 2)).map(({ status, attempts }) => [status, attempts])).toEqual([
      ['parked', 3],
      ['delivered', 1],
    ]);
  });
});

describe('R3: processes that compete', () => {
  it('send each message once and in order, and one goes on for the other', async () => {
    const stops = [runNotifications(product.core, hurried), runNotifications(product.core, hurried)];
    const lanes = await Promise.all(
      ['/a', '/b', '/c'].map((path) => stage.transport(path, { sendOnce: true })),
    );
    await stage.rule(lanes, 'competing');
    for (let n = 10; n < 40; n += 1) {
      await happen('competing', { n: String(n) });
      if (n === 25) await stops.pop()!();
    }
    for (const [index, path] of ['/a', '/b', '/c'].entries()) {
      await stage.settled(lanes[index]!, 30);
      const numbers = receiver.at(path).map(({ body }) => JSON.parse(body).event.context.detail.n as string);
      expect(numbers).toEqual(Array.from({ length: 30 }, (_, n) => String(n + 10)));
    }
    await stops.pop()!();
  });

  it('that look again at what was looked at before add nothing', async () => {
    const lane = await stage.transport('/again', { sendOnce: true });
    await stage.rule([lane], 'again');
    await happen('again');
    await stage.settled(lane, 1);
    await product.stopNotifications();
    await sql`update outbox.reactor set position = 0`.execute(product.core.db);
    product.startNotifications();
    await happen('again');
    expect((await stage.settled(lane, 2)).map((row) => row.id)).toEqual(
      receiver.at('/again').map(({ id }) => id),
    );
  });

  it('stop at once while a receiver keeps them waiting', async () => {
    const lane = await stage.transport('/waiting', { sendOnce: true });
    await stage.rule([lane], 'waiting');
    receiver.behave = () => undefined;
    await happen('waiting');
    await vi.waitFor(() => expect(receiver.at('/waiting').length).toBeGreaterThan(0), 10_000);
    const since = Date.now();
    await product.stopNotifications();
    expect(Date.now() - since).toBeLessThan(2500);
    expect(await stage.deliveries(lane)).toMatchObject([{ status: 'pending', attempts: 0 }]);
    product.startNotifications();
    await product.run(changeModelCommand(notificationTransport as unknown as Model), {
      id: lane,
      values: { webhookUrl: receiver.url('/relieved') },
    });
    receiver.behave = (_r, response) => {
      response.writeHead(200).end();
    };
    await stage.settled(lane, 1);
    expect(receiver.at('/relieved')[0]!.id).toBe(receiver.at('/waiting')[0]!.id);
  });
});
