import { z } from 'zod';
import type { ActivityEvent } from '../../domain/activity/events.js';
import { isId, type Id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { strangerFacts, type StrangerFact } from '../flood-gate.js';
import { visitorSubject } from '../unit-of-work.js';

/** The event for one count. Without an account it counts what came when the budget of all was spent. */
type Folded = Readonly<
  Record<StrangerFact, (account: string | null, count: number, now: Date) => ActivityEvent>
>;

const refusedOften =
  (code: string): Folded[StrangerFact] =>
  (account, count, now) => ({
    type: 'activity.request.refused',
    data: {
      code,
      subject: visitorSubject(now),
      userId: null,
      detail: { count, ...(account === null ? {} : { flow: account }) },
    },
  });

const folded: Folded = {
  login: (account, count) => ({
    type: 'activity.login.failed',
    data: {
      userId: account !== null && isId(account) ? (account as Id<'user'>) : null,
      identifierHash: account === null || isId(account) ? null : account,
      identifierLength: 0,
      reason: 'throttled',
      stageId: null,
      providerId: null,
      count,
    },
  }),
  configuration: (account, count) => ({
    type: 'activity.configuration.failed',
    data: {
      message: 'The same happened more often.',
      references: { count: String(count), ...(account === null ? {} : { object: account }) },
    },
  }),
  revoked_token: (account, count, now) => ({
    type: 'activity.request.refused',
    data: {
      code: 'revoked_token_used',
      subject: account ?? visitorSubject(now),
      userId: account as never,
      detail: { count },
    },
  }),
  unsafe_next: refusedOften('unsafe_next'),
  flow: refusedOften('flows_of_strangers'),
  exception: (account, count) => ({
    type: 'activity.exception.raised',
    data: { where: `${account ?? '*'} (${String(count)} more)`, errorId: '' },
  }),
};

/** Records facts that were folded into a count: one event per kind and account. */
export const recordFoldedFactsCommand = defineCommand({
  name: 'recordFoldedFacts',
  input: z
    .array(
      z.strictObject({
        kind: z.enum(strangerFacts),
        account: z.string().nullable(),
        count: z.int().min(1),
      }),
    )
    .max(400),
  access: permission('administer'),
  run: (unit, facts) => {
    for (const { kind, account, count } of facts) unit.record(folded[kind](account, count, unit.now));
    return Promise.resolve();
  },
});
