import { z } from 'zod';
import { severities } from '../../domain/audit/fact.js';
import { noticeKinds } from '../../domain/notification/engine/state.js';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';

/** Puts a notification before a person. Appends `activity.notification.delivered`. */
export const deliverInAppCommand = defineCommand({
  name: 'deliverInApp',
  input: z.strictObject({
    notificationId: id('notification'),
    userId: id('user'),
    severity: z.enum(severities),
    entryId: z.uuid().nullable(),
    ruleId: id('notificationrule'),
    transportId: id('notificationtransport'),
    notice: z.object({ kind: z.enum(noticeKinds), count: z.int() }),
  }),
  access: permission('administer'),
  repeatsSafely: true,
  run: (unit, data) => {
    unit.record({ type: 'activity.notification.delivered', data });
    return Promise.resolve();
  },
});
