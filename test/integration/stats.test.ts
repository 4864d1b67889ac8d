import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { differencesFromFold } from '../support/fresh-fold.js';
import { createPerson, password } from '../support/oauth.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';

let product: Product;
let admin: Client;
let jane: Client;
let janeId: string;

beforeAll(async () => {
  product = await startProduct();
  janeId = await createPerson(product, 'jane');
  admin = new Client(product.baseUrl);
  await admin.login('akadmin', adminPassword);
  jane = new Client(product.baseUrl);
  await jane.login('jane', 'not the password');
  await jane.login('jane', password);
  await product.settle();
});
afterAll(() => product.stop());

interface Counted {
  readonly from: string;
  readonly to: string;
  readonly series: readonly {
    readonly action: string;
    readonly outcome: string;
    readonly total: number;
    readonly counts: readonly number[];
  }[];
}

const ask = async (client: Client, args: string) => {
  await product.settle();
  return (
    await client.graphql(`{ activityCounts${args} { from to series { action outcome total counts } } }`)
  ).body;
};
const countsOf = async (client: Client, args: string): Promise<Counted> =>
  (await ask(client, args)).data.activityCounts as Counted;
const totalOf = ({ series }: Counted, action: string): number =>
  series.filter((one) => one.action === action).reduce((sum, { total }) => sum + total, 0);
const entries = async (filter: string): Promise<number> =>
  (await admin.admin(`{ auditEntries(filter: ${filter}) { totalCount } }`)).auditEntries.totalCount as number;

describe('activity counts', () => {
  it('tell as many as the event log shows, in true buckets that are zero where nothing happened', async () => {
    const counted = await countsOf(
      admin,
      '(step: eight_hours, points: 21, actions: ["login", "login_failed", "model_updated", "model_created", "user_created"])',
    );
    for (const action of ['login', 'login_failed', 'model_updated', 'model_created'])
      expect([action, totalOf(counted, action)]).toEqual([
        action,
        await entries(`{ actions: ["${action}"] }`),
      ]);
    expect(totalOf(counted, 'user_created')).toBe(2);
    const hours = 3_600_000;
    expect(Date.parse(counted.to) - Date.parse(counted.from)).toBe(21 * 8 * hours);
    expect(Date.parse(counted.from) % (8 * hours)).toBe(0);
    const logins = counted.series.find(({ action }) => action === 'login')!;
    expect(logins.counts).toHaveLength(21);
    expect(logins.counts.slice(0, 19)).toEqual(Array(19).fill(0));
  });

  it('count the events of one command as the one entry that they are', async () => {
    const before = await countsOf(admin, '(actions: ["model_updated"])');
    await admin.admin(
      `mutation ($id: ID!) { updateUser(id: $id, input: { name: "Jane Other", email: "jane@example.org", path: "users/x" }) { position } }`,
      { id: janeId },
    );
    const after = await countsOf(admin, '(actions: ["model_updated"])');
    expect(totalOf(after, 'model_updated') - totalOf(before, 'model_updated')).toBe(1);
  });

  it('C1: show those who may not see the event log only what concerns themselves', async () => {
    const own = await countsOf(jane, '');
    expect(totalOf(own, 'login')).toBe(1);
    expect(totalOf(own, 'login_failed')).toBe(1);
    expect(totalOf(await countsOf(admin, ''), 'login')).toBeGreaterThan(1);
    expect(await countsOf(jane, `(userId: "${janeId}")`)).toEqual(own);
    expect(await countsOf(admin, `(userId: "${janeId}", actions: ["login", "login_failed"])`)).toMatchObject({
      series: own.series.filter(({ action }) => action !== 'user_created'),
    });
    const other = '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f';
    for (const args of [`(userId: "${other}")`, `(applicationId: "${other}")`])
      expect((await ask(jane, args)).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('refuse windows above 60 days, unknown actions and two subjects, and say where', async () => {
    for (const [args, path] of [
      ['(step: day, points: 61)', 'points'],
      ['(step: hour, points: 0)', 'points'],
      ['(actions: ["log_in"])', 'actions'],
      [`(userId: "${janeId}", applicationId: "${janeId}")`, 'applicationId'],
    ] as const)
      expect((await ask(admin, args)).errors[0].extensions).toMatchObject({
        code: 'INVALID_INPUT',
        fields: [{ path }],
      });
  });
});

describe('what is known of the system', () => {
  it('tells version, processes and what is behind; only administrators may ask', async () => {
    const { systemStatus } = await admin.admin(
      '{ systemStatus { version serverTime isSecure processes behind halted } }',
    );
    expect(systemStatus).toMatchObject({ isSecure: false, processes: 1, behind: [], halted: [] });
    expect(systemStatus.version).toMatch(/^\d+\.\d+\.\d+/);
    expect((await jane.graphql('{ systemStatus { version } }')).body.errors[0].extensions.code).toBe(
      'FORBIDDEN',
    );
  });
});

it('D5, R4: a person who is erased is gone from the counts, which still equal those of a rebuild', async () => {
  const total = totalOf(await countsOf(admin, ''), 'login');
  const { body } = await admin.graphql(
    `mutation ($id: ID!) { eraseSubject(input: { userId: $id, legalBasis: consent_withdrawn, reason: "asked" }) { keysDestroyed } }`,
    { id: janeId },
  );
  expect(body.data.eraseSubject.keysDestroyed).toBe(1);
  await product.settle();
  const counted = await countsOf(admin, `(userId: "${janeId}")`);
  expect(totalOf(counted, 'login')).toBe(0);
  expect(totalOf(await countsOf(admin, ''), 'login')).toBe(total);
  expect(await differencesFromFold(product)).toEqual({});
});
