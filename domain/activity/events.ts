/*
 * Facts without an aggregate: nothing is decided on them, they are only remembered.
 * Streams `activity-<kind>.<hour>.<shard>`. Appended with any expected revision, deduplicated by event id.
 */
import { z } from 'zod';
import { eventType, type EventsOf } from '../kernel/event.js';
import { storedId } from '../kernel/ids.js';
import { noticeKinds } from '../notification/engine/state.js';
import { severities } from '../audit/fact.js';
import { retentionClasses } from '../audit/retention.js';

export const loginFailures = [
  'unknown_identifier',
  'wrong_password',
  'no_password',
  'inactive',
  'throttled',
  'unknown_client',
  'wrong_client_secret',
] as const;
export const flowOutcomes = ['completed', 'denied', 'error'] as const;

export const activityEvents = {
  /** Entries of the event log were taken out as a file. `subject`: whose key seals the query, which may name people. */
  'activity.audit.exported': eventType(
    1,
    {
      subject: z.string(),
      userId: storedId('user').nullable(),
      format: z.string(),
      query: z.string().nullable(),
      from: z.string().nullable(),
      to: z.string().nullable(),
    },
    { subject: 'subject', pii: ['query'] },
  ),
  /** Entries of the event log that are not shown any longer, see `domain/audit/retention.ts`. */
  'activity.audit.trimmed': eventType(1, {
    class: z.enum(retentionClasses),
    before: z.iso.datetime(),
    through: z.string(),
    except: z.array(z.string()),
  }),
  /**
   * `identifierHash`: keyed digest of what was typed, when it leads to no user. `providerId`: the client, when it was one
   * that failed. `count`: how many were folded into one.
   */
  'activity.login.failed': eventType(1, {
    userId: storedId('user').nullable(),
    identifierHash: z.string().nullable(),
    identifierLength: z.int(),
    reason: z.enum(loginFailures),
    stageId: storedId('stage').nullable(),
    providerId: storedId('provider').nullable(),
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
    {
      code: z.string(),
      /** Whose key seals the detail. */
      subject: z.string(),
      /** The person concerned, when there is one. */
      userId: storedId('user').nullable(),
      detail: z.record(z.string(), z.json()),
    },
    { subject: 'subject', pii: ['detail'] },
  ),
  'activity.configuration.failed': eventType(1, {
    message: z.string(),
    references: z.record(z.string(), z.string()),
  }),
  /** `where`: the route. `errorId` leads to a line in the log of the process; empty when many were folded into one. */
  'activity.exception.raised': eventType(1, { where: z.string(), errorId: z.string() }),
  /** Work that the product does by itself has failed. `error`: the kind of error, never its text. */
  'activity.task.failed': eventType(1, { task: z.string(), error: z.string() }),
  'activity.secret.viewed': eventType(1, { model: z.string(), objectId: z.string(), field: z.string() }),
  /** A client was given a code for a person; `refused` when he may not use the application. */
  'activity.application.authorized': eventType(1, {
    userId: storedId('user'),
    applicationId: storedId('application'),
    flowId: storedId('flow'),
    scopes: z.array(z.string()),
  }),
  'activity.application.refused': eventType(1, {
    userId: storedId('user'),
    applicationId: storedId('application'),
  }),
  /** A client was given a token for itself. */
  'activity.token.issued': eventType(1, {
    tokenId: storedId('token'),
    userId: storedId('user'),
    providerId: storedId('provider'),
    applicationId: storedId('application'),
    scopes: z.array(z.string()),
    expiresAt: z.iso.datetime(),
  }),
  'activity.token.revoked': eventType(1, { tokenId: storedId('token'), expiresAt: z.iso.datetime() }),
  'activity.outbound.opened': eventType(1, { targets: z.array(z.string()) }),
  /** The mail server took a mail. `subjectKey`: whose key seals it. `userId` is null for an address that is nobody's. */
  'activity.email.sent': eventType(
    1,
    {
      userId: storedId('user').nullable(),
      subjectKey: z.string(),
      messageId: z.string(),
      from: z.string(),
      to: z.array(z.string()),
      subject: z.string(),
      /** The text of the mail; what stands behind `?` and `#` in links is masked. */
      body: z.string(),
    },
    { subject: 'subjectKey', pii: ['to', 'subject', 'body'] },
  ),
  /** A notification was put before a person. `entryId` and `ruleId` are null for the sample that a test sends. */
  'activity.notification.delivered': {
    ...eventType(1, {
      notificationId: storedId('notification'),
      userId: storedId('user'),
      severity: z.enum(severities),
      entryId: z.uuid().nullable(),
      ruleId: storedId('notificationrule').nullable(),
      transportId: storedId('notificationtransport'),
      /** What the rule said and of how many entries; null where it was not kept. */
      notice: z.object({ kind: z.enum(noticeKinds), count: z.int() }).nullable(),
    }),
    // Older versions of the product pass over the field, and write events without it.
    complete: (data: Readonly<Record<string, unknown>>) => ({ notice: null, ...data }),
  },
  'activity.notification.seen': eventType(1, {
    userId: storedId('user'),
    notificationIds: z.array(storedId('notification')),
  }),
  /** Somebody took back that he had seen them. */
  'activity.notification.unseen': eventType(1, {
    userId: storedId('user'),
    notificationIds: z.array(storedId('notification')),
  }),
  /** Notifications that were seen before a moment, and those whose entry is gone, are kept no longer. */
  'activity.notification.trimmed': eventType(1, {
    seenBefore: z.iso.datetime(),
    notificationIds: z.array(storedId('notification')),
  }),
  /** Somebody let deliveries leave again, or dropped them. */
  'activity.notification.handled': eventType(1, {
    what: z.enum(['resend', 'skip']),
    deliveryIds: z.array(z.uuid()),
  }),
  'activity.notification.tested': eventType(1, {
    transportId: storedId('notificationtransport'),
    delivered: z.boolean(),
    message: z.string(),
  }),
  /** A delivery was given up. `failure` is one of the product's own texts, never the receiver's. */
  'activity.notification.parked': eventType(1, {
    deliveryId: z.uuid(),
    /** Null when it told of the lack of an entry. */
    entryId: z.uuid().nullable(),
    ruleId: storedId('notificationrule'),
    transportId: storedId('notificationtransport'),
    attempts: z.int(),
    failure: z.string(),
  }),
  /** A receiver will never take an entry: it is set aside. `failure` is one of the product's own texts. */
  'activity.sink.refused': eventType(1, {
    sinkId: storedId('sink'),
    entryId: z.uuid(),
    status: z.int().nullable(),
    failure: z.string(),
  }),
  'activity.sink.tested': eventType(1, {
    sinkId: storedId('sink'),
    delivered: z.boolean(),
    message: z.string(),
  }),
};

export type ActivityEvent = EventsOf<typeof activityEvents>;
