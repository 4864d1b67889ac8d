import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import type { Outbox, ReactorStep } from '../../commands/delivery-ports.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { startSignalling, type StepLimits } from '../../workers/ssf/start-signalling.js';
import type { WokenLoop } from '../../workers/woken-loop.js';
import type { Product } from '../support/product.js';
import { eventually, uris, SignalStage } from '../support/signal-stage.js';

const groupModel = group as unknown as Model;
let stage: SignalStage;
let product: Product;
let loop: WokenLoop | null = null;
let groups = 0;
const newName = (): string => `group ${String(++groups)}`;

beforeAll(async () => {
  stage = await SignalStage.start();
  ({ product } = stage);
});
afterAll(() => stage.stop());
beforeEach(async () => {
  await stage.clear();
  await stage.looked(await stage.shop.push(uris('caep_token_claims_change')));
  // From here on the log is looked at by the test's own signalling, and nothing leaves.
  await product.stopNotifications();
});
afterEach(async () => {
  await loop?.stop();
  loop = null;
  product.startNotifications();
});

/** Runs signalling that begins anew for one step, as after the end of a process; null when there was nothing to decide. */
const oneStep = async (limits: StepLimits): Promise<ReactorStep | null> => {
  const { ports, db, tail, outbox } = product.core;
  let step: ReactorStep | null = null;
  let failure: unknown = null;
  let calls = 0;
  const once: Outbox = {
    advance: async (reactor, decide) => {
      if (calls++ > 0) return 'busy';
      return outbox
        .advance(reactor, async (after, remembered) => (step = await decide(after, remembered)))
        .catch((error: unknown) => {
          failure = error;
          return 'busy';
        });
    },
    openLanes: (reactor) => outbox.openLanes(reactor),
  };
  await startSignalling(ports, db, tail, once, limits).stop();
  if (failure !== null) throw failure as Error;
  return step;
};

const allSteps = async (limits: StepLimits): Promise<readonly ReactorStep[]> => {
  const steps: ReactorStep[] = [];
  for (let step = await oneStep(limits); step; step = await oneStep(limits)) steps.push(step);
  return steps;
};

const told = async (): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`
    select id from outbox.delivery where reactor = 'ssf' and status = 'pending' and reference ->> 'type' is not null
    order by number`.execute(product.core.db);
  return rows.map(({ id }) => id);
};

const remembered = async (): Promise<number> => {
  const { rows } = await sql`select from outbox.memory where reactor = 'ssf'`.execute(product.core.db);
  return rows.length;
};

const makeGroup = async (people: readonly string[]): Promise<string> => {
  const { id: groupId } = await product.run(createModelCommand(groupModel), { values: { name: newName() } });
  for (const userId of people) await product.run(grantMembershipCommand, { groupId, userId });
  return groupId;
};

describe('R5: steps of the look at the log', () => {
  it.each([
    ['deliveries', { deliveries: 1, ms: 60_000, people: 2 }],
    ['time', { deliveries: 10_000, ms: 0, people: 2 }],
  ])(
    'ends a step early when its limit of %s is reached, and goes on there, in another process too',
    async (_, limits) => {
      const people = [];
      for (let count = 0; count < 5; count++) people.push((await stage.person()).userId);
      const groupId = await makeGroup(people);
      await allSteps({ deliveries: 10_000, ms: 60_000, people: 2000 });
      const before = await told();
      for (let change = 0; change < 2; change++)
        await product.run(changeModelCommand(groupModel), { id: groupId, values: { name: newName() } });
      const steps = await allSteps(limits);
      // Five people are three parts, twice: no step holds more than one of them.
      expect(steps.map(({ deliveries }) => deliveries.length).filter((length) => length > 0)).toEqual([
        2, 2, 1, 2, 2, 1,
      ]);
      const ids = steps.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
      expect(new Set(ids).size).toBe(10);
      expect((await told()).slice(before.length)).toEqual(ids);
      expect(await remembered()).toBe(0);
    },
  );

  it('decides anew what a failing database took along, although it was silent afterwards', async () => {
    const { ports, db, tail, outbox } = product.core;
    const groupId = await makeGroup([]);
    const { userId } = await stage.person();
    await allSteps({ deliveries: 10_000, ms: 60_000, people: 2000 });
    const { rows } = await sql<{ position: bigint }>`
      select position from outbox.reactor where name = 'ssf'`.execute(db);
    const before = await told();
    let idle = 0;
    const counted: Outbox = {
      advance: async (reactor, decide) => {
        const outcome = await outbox.advance(reactor, decide);
        idle = outcome === 'idle' ? idle + 1 : 0;
        return outcome;
      },
      openLanes: (reactor) => outbox.openLanes(reactor),
    };
    loop = startSignalling(ports, db, tail, counted);
    await product.run(grantMembershipCommand, { groupId, userId });
    loop.wake();
    await eventually(async () => {
      expect(await told()).toHaveLength(before.length + 1);
    });
    const after = await told();
    // Something of which nobody is told: seen, and only in the process known to be silent.
    await eventually(() => {
      expect(idle).toBeGreaterThan(0);
    });
    idle = 0;
    await makeGroup([]);
    loop.wake();
    await eventually(() => {
      expect(idle).toBeGreaterThan(1);
    });
    // What is left of the latest steps when commits that were not waited for are lost.
    await sql`with lost as (delete from outbox.delivery where id = any (${after.slice(before.length)}::uuid[]))
      update outbox.reactor set position = ${rows[0]!.position} where name = 'ssf'`.execute(db);
    loop.wake();
    await eventually(async () => {
      expect(await told()).toEqual(after);
    });
  });
});
