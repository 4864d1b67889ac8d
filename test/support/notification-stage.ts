import { sql } from 'kysely';
import { expect, vi } from 'vitest';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { notificationRule } from '../../domain/notification/rule/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import type { RetrySchedule } from '../../workers/outbox/retry-schedule.js';
import { Mailbox } from './mailbox.js';
import { startProduct, type Product } from './product.js';
import { Receiver } from './receiver.js';

/** Three attempts, a twentieth of a second apart or as the receiver wishes. */
export const hurried: RetrySchedule = ({ attempts, retryAfterMs }) =>
  attempts >= 3 ? null : (retryAfterMs ?? 50);

/** A delivery as the outbox has it. */
export interface Delivery {
  readonly id: string;
  readonly lane: string;
  readonly status: string;
  readonly attempts: number;
  readonly failure: string | null;
}

/** A product with a receiver of webhooks, a mailbox, and somebody in a group below the one that rules tell. */
export class NotificationStage {
  readonly product: Product;
  readonly receiver: Receiver;
  readonly mailbox: Mailbox;
  readonly groupId: string;
  readonly userId: string;
  #made = 0;

  private constructor(
    product: Product,
    receiver: Receiver,
    mailbox: Mailbox,
    told: { readonly groupId: string; readonly userId: string },
  ) {
    this.product = product;
    this.receiver = receiver;
    this.mailbox = mailbox;
    this.groupId = told.groupId;
    this.userId = told.userId;
  }

  /** `targets`: further receivers that may be private. */
  static async start(targets: readonly string[] = []): Promise<NotificationStage> {
    const [receiver, mailbox] = [await Receiver.start(), await Mailbox.start()];
    const product = await startProduct(
      {
        MUNIMENT_OUTBOUND_ALLOW: [receiver.target, ...targets].join(','),
        MUNIMENT_EMAIL_HOST: '127.0.0.1',
        MUNIMENT_EMAIL_PORT: String(mailbox.port),
        MUNIMENT_BASE_URL: 'http://localhost:9000',
      },
      hurried,
    );
    const makeGroup = async (values: Record<string, unknown>): Promise<string> =>
      (await product.run(createModelCommand(group as unknown as Model), { values })).id;
    const groupId = await makeGroup({ name: 'watchers' });
    const below = await makeGroup({ name: 'night watch', parents: [groupId] });
    const { userId } = await product.run(createUserCommand, {
      username: 'watcher',
      email: 'watcher@example.com',
    });
    await product.run(grantMembershipCommand, { groupId: below, userId });
    return new NotificationStage(product, receiver, mailbox, { groupId, userId });
  }

  /** The receiver takes everything again. */
  calm(): void {
    this.receiver.behave = (_request, response) => {
      response.writeHead(204).end();
    };
  }

  async create(model: Model<any>, values: Record<string, unknown>): Promise<string> {
    return (await this.product.run(createModelCommand(model as Model), { values })).id;
  }

  change(model: Model<any>, id: string, values: Record<string, unknown>): Promise<unknown> {
    return this.product.run(changeModelCommand(model as Model), { id, values });
  }

  /** A webhook to a path of the receiver. */
  transport(path: string, values: Record<string, unknown> = {}): Promise<string> {
    this.#made += 1;
    return this.create(notificationTransport, {
      name: `transport ${String(this.#made)}`,
      mode: 'webhook',
      webhookUrl: this.receiver.url(path),
      ...values,
    });
  }

  /** A rule on entries that `happen` makes for a reason. */
  rule(transports: readonly string[], reason: string, values: Record<string, unknown> = {}): Promise<string> {
    this.#made += 1;
    return this.create(notificationRule, {
      name: `rule ${String(this.#made)}`,
      when: { field: 'reason', is: [reason] },
      severity: 'warning',
      transports,
      destinationGroup: this.groupId,
      ...values,
    });
  }

  /** Lets something happen that a rule may look for, to the watcher unless somebody else or nobody is named. */
  happen(
    reason: string,
    detail: Record<string, string> = {},
    userId: string | null = this.userId,
  ): Promise<void> {
    return this.product.run(recordFactCommand, {
      type: 'activity.request.refused',
      data: { code: reason, subject: this.userId, userId: userId as never, detail },
    });
  }

  /** What is to go to a transport, or went there, in order. */
  async deliveries(lane: string): Promise<readonly Delivery[]> {
    const { rows } = await sql<Delivery>`
      select id, lane, status, attempts, failure from outbox.delivery where lane = ${lane} order by number`.execute(
      this.product.core.db,
    );
    return rows;
  }

  /** Waits until a transport has a number of deliveries, none of which is pending. */
  settled(lane: string, count: number): Promise<readonly Delivery[]> {
    return vi.waitFor(
      async () => {
        const found = await this.deliveries(lane);
        expect(found.length).toBe(count);
        expect(found.every(({ status }) => status !== 'pending')).toBe(true);
        return found;
      },
      { timeout: 25_000, interval: 25 },
    );
  }

  bodiesAt(path: string): any[] {
    return this.receiver.at(path).map(({ body }) => JSON.parse(body) as unknown);
  }

  arrived(path: string, count: number, timeout = 20_000): Promise<any[]> {
    return vi.waitFor(
      () => {
        expect(this.receiver.at(path).length).toBeGreaterThanOrEqual(count);
        return this.bodiesAt(path);
      },
      { timeout, interval: 25 },
    );
  }

  async stop(): Promise<void> {
    await this.product.stop();
    await this.receiver.stop();
    await this.mailbox.stop();
  }
}
