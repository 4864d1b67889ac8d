import { z } from 'zod';
import { noticeKinds } from '../../domain/notification/engine/state.js';
import type { Delivery } from '../../commands/delivery-ports.js';

const schema = z.object({
  entryId: z.string().nullable(),
  ruleId: z.string(),
  recipientId: z.string().nullable(),
  /** Stands for an address that the rule names. */
  addressHash: z.string().optional(),
  /** Position of the configuration in which the rule was met. */
  config: z.string(),
  kind: z.enum(noticeKinds).default('entry'),
  at: z.number().optional(),
  group: z.string().default(''),
  count: z.int().default(1),
  entryIds: z.array(z.string()).default([]),
});

export type NotificationReference = z.output<typeof schema>;

/** What a delivery of the notification reactor speaks of. */
export const notificationReference = (delivery: Pick<Delivery, 'reference'>): NotificationReference =>
  schema.parse(delivery.reference);
