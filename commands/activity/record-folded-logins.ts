import { z } from 'zod';
import { isId, type Id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';

/** Records failed logins that were folded into a count: one `activity.login.failed` per account. */
export const recordFoldedLoginsCommand = defineCommand({
  name: 'recordFoldedLogins',
  input: z.array(z.strictObject({ account: z.string(), count: z.int().min(1) })).max(400),
  access: permission('administer'),
  run: (unit, counts) => {
    for (const { account, count } of counts)
      unit.record({
        type: 'activity.login.failed',
        data: {
          userId: isId(account) ? (account as Id<'user'>) : null,
          identifierHash: isId(account) ? null : account,
          identifierLength: 0,
          reason: 'throttled',
          stageId: null,
          count,
        },
      });
    return Promise.resolve();
  },
});
