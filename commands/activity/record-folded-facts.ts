import { z } from 'zod';
import type { ActivityEvent } from '../../domain/activity/events.js';
import { isId, type Id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import type { StrangerFact } from '../flood-gate.js';

type Folded = Readonly<Record<StrangerFact, (account: string, count: number) => ActivityEvent>>;

const folded: Folded = {
  login: (account, count) => ({
    type: 'activity.login.failed',
    data: {
      userId: isId(account) ? (account as Id<'user'>) : null,
      identifierHash: isId(account) ? null : account,
      identifierLength: 0,
      reason: 'throttled',
      stageId: null,
      providerId: null,
      count,
    },
  }),
  configuration: (account, count) => ({
    type: 'activity.configuration.failed',
    data: { message: 'The same happened more often.', references: { object: account, count: String(count) } },
  }),
  revoked_token: (account, count) => ({
    type: 'activity.request.refused',
    data: { code: 'revoked_token_used', subject: account, detail: { count } },
  }),
};

/** Records facts that were folded into a count: one event per kind and account. */
export const recordFoldedFactsCommand = defineCommand({
  name: 'recordFoldedFacts',
  input: z
    .array(
      z.strictObject({
        kind: z.enum(['login', 'configuration', 'revoked_token']),
        account: z.string(),
        count: z.int().min(1),
      }),
    )
    .max(400),
  access: permission('administer'),
  run: (unit, facts) => {
    for (const { kind, account, count } of facts) unit.record(folded[kind](account, count));
    return Promise.resolve();
  },
});
