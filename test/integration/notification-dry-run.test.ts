import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { notificationRule } from '../../domain/notification/rule/model.js';
import { runNotifications } from '../../bin/notifications.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Client } from '../support/client.js';
import { adminToken } from '../support/product.js';
import { hurried, NotificationStage } from '../support/notification-stage.js';
import type { Product } from '../support/product.js';

let stage: NotificationStage;
let product: Product;
let api: Client;

const transport = (path: string, values: Record<string, unknown> = {}): Promise<string> =>
  stage.transport(path, { sendOnce: true, ...values });

beforeAll(async () => {
  stage = await NotificationStage.start();
  ({ product } = stage);
  api = new Client(product.baseUrl);
});
afterAll(() => stage.stop());
beforeEach(() => {
  stage.calm();
});

const draft = `id when trigger threshold window groupBy suppressFor digestEvery`.split(' ');
const storedDraft = (id: string): Record<string, unknown> => {
  const { values } = product.core.ports.config.get(notificationRule, id)!;
  return Object.fromEntries(
    draft.map((field) => [field, field === 'id' ? id : (values as Record<string, unknown>)[field]]),
  );
};
const testQuery = `query ($rule: NotificationRuleDraft!, $from: DateTime!, $to: DateTime!) {
  testNotificationRule(rule: $rule, from: $from, to: $to) {
    matches notificationsAfterSuppression complete perDay { day matches notifications } samples { id reason } } }`;

describe('acceptance 9: the dry run over a window', () => {
  it('equals what was sent in it, for rules of every kind, through restarts and competing processes', async () => {
    const kinds: Record<string, Record<string, unknown>> = {
      plain: {},
      silenced: { suppressFor: 'seconds=1', groupBy: ['context.detail.who'] },
      counted: { trigger: 'count', threshold: 3, window: 'seconds=2', groupBy: ['context.detail.who'] },
      gathered: { digestEvery: 'seconds=1' },
      missed: { trigger: 'absence', window: 'seconds=1' },
    };
    const lanes = new Map<string, { readonly lane: string; readonly id: string }>();
    for (const [name, values] of Object.entries(kinds)) {
      const lane = await transport(`/${name}`);
      lanes.set(name, { lane, id: await stage.rule([lane], 'storm', values) });
    }
    const from = new Date();
    const second = runNotifications(product.core, hurried);
    for (let n = 0; n < 24; n += 1) {
      await stage.happen('storm', { who: `person ${String(n % 3)}` });
      if (n === 8) await product.stopNotifications();
      if (n === 12) product.startNotifications();
      if (n % 6 === 5) await delay(700);
    }
    await second();
    // Until the absence that follows the last entry has been told.
    const lastAbsence = await vi.waitFor(
      async () => {
        const { rows } = await sql<{ due: Date | null; told: string | null }>`
          select due_at as due, state -> 'state' -> 'absence' ->> 'told' as told from outbox.memory where key = ${lanes.get('missed')!.id}`.execute(
          product.core.db,
        );
        expect(rows[0]?.told).toMatch(/^absence/);
        const { rows: waiting } = await sql`select from outbox.memory where due_at is not null`.execute(
          product.core.db,
        );
        expect(waiting).toHaveLength(0);
        return rows[0];
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(lastAbsence).toBeDefined();
    for (const [name, { lane, id }] of lanes) {
      const { rows: sent } = await sql<{ n: number }>`
        select count(*)::int as n from outbox.delivery where lane = ${lane}`.execute(product.core.db);
      const { testNotificationRule: told } = await api.admin(testQuery, {
        rule: storedDraft(id),
        from: from.toISOString(),
        to: new Date().toISOString(),
      });
      expect([name, told.notificationsAfterSuppression]).toEqual([name, sent[0]!.n]);
      expect([name, told.matches, told.complete]).toEqual([name, 24, true]);
      expect(sent[0]!.n).toBeGreaterThan(0);
      if (name === 'plain') expect(sent[0]!.n).toBe(24);
      else expect(sent[0]!.n).toBeLessThan(24);
    }
    await stage.arrived('/counted', 1);
    expect(stage.bodiesAt('/counted')[0]).toMatchObject({ kind: 'count', count: 3 });
    const [digest] = await stage.arrived('/gathered', 1);
    expect(digest).toMatchObject({ kind: 'digest', severity: 'warning' });
    expect(digest.events.length).toBe(digest.count);
    const missed = await stage.arrived('/missed', 1);
    expect(missed.at(-1)).toMatchObject({ kind: 'absence', event: null });
  }, 90_000);

  it('nothing personal is remembered', async () => {
    const { rows } = await sql<{ text: string }>`
      select (select string_agg(m::text, ' ') from outbox.memory m) || (select string_agg(d::text, ' ') from outbox.delivery d) as text`.execute(
      product.core.db,
    );
    expect(rows[0]!.text).toContain('groups');
    expect(rows[0]!.text).not.toMatch(/person|watcher|example\.com/);
  });

  it('refuses what cannot be run and names the field', async () => {
    const window = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
    const refusals = async (rule: Record<string, unknown>, times = window): Promise<any> => {
      const { body } = await api.graphql(
        testQuery,
        { rule, ...times },
        { authorization: `Bearer ${adminToken}` },
      );
      return body.errors[0].extensions.fields[0].path;
    };
    const when = { all: [] };
    expect(await refusals({ when, window: 'soon' })).toBe('rule.window');
    expect(await refusals({ when, threshold: 0 })).toBe('rule.threshold');
    expect(await refusals({ when }, { ...window, to: '2025-01-01T00:00:00Z' })).toBe('to');
  });

  it('compares two versions of a rule: what is gained, and what is lost', async () => {
    for (const reason of ['left', 'both', 'both', 'right']) await stage.happen(reason);
    const of = (reasons: string[]): object => ({ when: { field: 'reason', is: reasons } });
    const { compareNotificationRules: compared } = await api.admin(
      `query ($old: NotificationRuleDraft!, $new: NotificationRuleDraft!, $from: DateTime!, $to: DateTime!) {
        compareNotificationRules(old: $old, new: $new, from: $from, to: $to) {
          before { matches } after { matches } gained { count samples { reason } } lost { count samples { reason } } } }`,
      {
        old: of(['left', 'both']),
        new: of(['right', 'both']),
        from: new Date(Date.now() - 60_000).toISOString(),
        to: new Date(Date.now() + 1000).toISOString(),
      },
    );
    expect(compared).toEqual({
      before: { matches: 3 },
      after: { matches: 3 },
      gained: { count: 1, samples: [{ reason: 'right' }] },
      lost: { count: 1, samples: [{ reason: 'left' }] },
    });
  });
});
