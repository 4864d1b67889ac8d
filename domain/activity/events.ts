/*
 * Facts without an aggregate: nothing is decided on them, they are only remembered.
 * Streams `activity-<kind>.<hour>.<shard>`. Appended with any expected revision, deduplicated by event id.
 */
import { z } from 'zod';
import { eventType, type EventsOf } from '../kernel/event.js';
import { storedId } from '../kernel/ids.js';

export const loginFailures = [
  'unknown_identifier',
  'wrong_password',
  'no_password',
  'inactive',
  'throttled',
] as const;
export const flowOutcomes = ['completed', 'denied', 'error'] as const;

export const activityEvents = {
  /** `identifierHash`: keyed digest of what was typed, when it leads to no user. `count`: how many were folded into one. */
  'activity.login.failed': eventType(1, {
    userId: storedId('user').nullable(),
    identifierHash: z.string().nullable(),
    identifierLength: z.int(),
    reason: z.enum(loginFailures),
    stageId: storedId('stage').nullable(),
    count: z.int(),
  }),
  'activity.flow.finished': eventType(1, {
    flowId: storedId('flow'),
    executionId: z.uuid(),
    outcome: z.enum(flowOutcomes),
    userId: storedId('user').nullable(),
    applicationId: storedId('application').nullable(),
    stages: z.array(
      z.strictObject({ stageId: z.string(), outcome: z.enum(['solved', 'skipped', 'failed']) }),
    ),
  }),
  /** Something that a well-behaved client does not do. */
  'activity.request.refused': eventType(
    1,
    { code: z.string(), subject: z.string(), detail: z.record(z.string(), z.json()) },
    { subject: 'subject', pii: ['detail'] },
  ),
  'activity.configuration.failed': eventType(1, {
    message: z.string(),
    references: z.record(z.string(), z.string()),
  }),
  'activity.exception.raised': eventType(1, { where: z.string(), errorId: z.string() }),
  'activity.secret.viewed': eventType(1, { model: z.string(), objectId: z.string(), field: z.string() }),
  'activity.outbound.opened': eventType(1, { targets: z.array(z.string()) }),
};

export type ActivityEvent = EventsOf<typeof activityEvents>;
