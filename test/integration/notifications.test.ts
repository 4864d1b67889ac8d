import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { deleteUserCommand } from '../../commands/directory/delete-user.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { notificationRule } from '../../domain/notification/rule/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { auditSchema } from '../../projections/audit/table.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { NotificationStage } from '../support/notification-stage.js';
import type { Product } from '../support/product.js';
import type { Receiver } from '../support/receiver.js';

let stage: NotificationStage;
let product: Product;
let receiver: Receiver;
let groupId: string;

/** Lets something happen to nobody that a rule may look for. */
const happen = (reason: string, detail: Record<string, string> = {}): Promise<void> =>
  stage.happen(reason, detail, null);

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes....').toString('base64')}`;
beforeAll(async () => {
  stage = await NotificationStage.start();
  ({ product, receiver, groupId } = stage);
});
afterAll(() => stage.stop());
beforeEach(() => {
  stage.calm();
});

describe('a webhook', () => {
  it('carries the event, signed so that another implementation verifies it', async () => {
    const lane = await stage.transport('/signed', { webhookSecret: secret });
    await stage.rule([lane], 'signed');
    await happen('signed', { canary: 'seen by the receiver' });
    const [row] = await stage.settled(lane, 1);
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
    const each = await stage.transport('/each');
    const once = await stage.transport('/once', { sendOnce: true });
    await stage.rule([each, once], 'counted');
    await happen('counted');
    await stage.settled(each, 2);
    await stage.settled(once, 1);
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
    const lane = await stage.transport('/slack', { mode: 'webhook_slack', sendOnce: true });
    await stage.create(notificationRule, {
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
    await stage.settled(lane, 1);
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

describe('what rules do not do', () => {
  it('a rule that meets everything does not feed itself, whatever becomes of its deliveries', async () => {
    const failing = await stage.transport('/loop', { sendOnce: true });
    const local = await stage.create(notificationTransport, { name: 'loop local', mode: 'local' });
    receiver.behave = (_r, response) => {
      response.writeHead(500).end();
    };
    const id = await stage.rule([failing, local], 'unused', { when: { all: [] } });
    await happen('loop');
    await vi.waitFor(async () => {
      const found = await stage.deliveries(failing);
      expect(found.length).toBeGreaterThan(0);
      expect(found.every((row) => row.status === 'parked')).toBe(true);
    }, 20_000);
    const before = (await stage.deliveries(failing)).length;
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
    const lane = await stage.transport('/never');
    const lonely = await stage.create(group, { name: 'nobody in it' });
    await stage.rule([lane], 'off', { enabled: false });
    await stage.rule([], 'off');
    await stage.rule([lane], 'off', { destinationGroup: null });
    await stage.rule([lane], 'off', { destinationGroup: lonely });
    await happen('off');
    const marker = await stage.transport('/marker', { sendOnce: true });
    await stage.rule([marker], 'marker');
    await happen('marker');
    await stage.settled(marker, 1);
    expect(await stage.deliveries(lane)).toEqual([]);
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
      const lane = await stage.transport(path);
      const { userId: recipient } = await product.run(createUserCommand, { username: `leaving-${what}` });
      const ownGroup = await stage.create(group, { name: `of ${what}` });
      await product.run(grantMembershipCommand, { groupId: ownGroup, userId: recipient });
      const id = await stage.rule([lane], path, { destinationGroup: ownGroup });
      let release = (): void => undefined;
      receiver.behave = (_r, response) => {
        release = () => response.writeHead(500).end();
      };
      await happen(path);
      await vi.waitFor(() => expect(receiver.at(path)).toHaveLength(1), 10_000);
      await remove(id, recipient);
      release();
      expect(await stage.settled(lane, 1)).toMatchObject([{ status: 'dropped', failure: reason }]);
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
