import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { Kysely, PostgresDialect } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../adapters/postgres/migrate.js';
import { createPool } from '../../adapters/postgres/pool.js';
import { identifiers } from '../../adapters/clock/identifiers.js';
import { groups } from '../../bin/read-models.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { applyEvents, concerning } from '../../projections/apply-events.js';
import { dropTables, makeTables } from '../../projections/progress.js';
import type { Database, ProjectionGroup } from '../../projections/projection.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { contentOf } from '../support/read-models.js';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createDatabase();
  db = new Kysely({
    dialect: new PostgresDialect({ pool: createPool(database.connection, () => undefined) }),
  });
  await migrate(db);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const people = 4;
/** Between two events: sixty of them reach beyond what counts are kept of. */
const hours = 30;
const idOf = (kind: string, n: number): string => identifiers.named(kind, `${kind}/${String(n)}`);
const later = '2031-01-01T00:00:00.000Z';

type Draft = (n: number, m: number) => { stream: string; data: Record<string, unknown> };

const ofUser =
  (data: (n: number, m: number) => Record<string, unknown>): Draft =>
  (n, m) => ({
    stream: `user-${idOf('user', n)}`,
    data: { userId: idOf('user', n), ...data(n, m) },
  });

const of =
  (category: string, key: string | null, data: (n: number, m: number) => Record<string, unknown>): Draft =>
  (n, m) => ({
    stream: `${category}-${idOf(category, n)}`,
    data: { ...(key === null ? {} : { [key]: idOf(category, n) }), userId: idOf('user', m), ...data(n, m) },
  });

/** One of each kind of event, about one of few things, so that they meet. */
const drafts: Readonly<Record<string, Draft>> = {
  'user.created': ofUser((n) => ({
    number: n + 1,
    username: `Name${String(n)}`,
    name: 'A Name',
    email: `${String(n)}@example.com`,
    type: 'internal',
    path: 'users',
    isActive: true,
    attributes: {},
  })),
  'user.renamed': ofUser((_n, m) => ({ name: `Other ${String(m)}`, was: 'A Name' })),
  'user.email.changed': ofUser((_n, m) => ({ email: `new${String(m)}@example.com`, was: '' })),
  'user.attributes.changed': ofUser((_n, m) => ({ attributes: { upn: `U${String(m)}` }, was: {} })),
  'user.deactivated': ofUser(() => ({})),
  'user.activated': ofUser(() => ({})),
  'user.password.changed': ofUser((n) => ({
    credential: { ref: `user/${String(n)}/password`, version: 1, fingerprint: null },
  })),
  'user.deleted': ofUser((n) => ({ username: `Name${String(n)}` })),
  'membership.granted': of('membership', null, (n) => ({ groupId: idOf('group', n) })),
  'membership.revoked': of('membership', null, (n) => ({ groupId: idOf('group', n) })),
  'session.started': of('session', 'sessionId', (n) => ({
    tokenHash: `hash ${String(n)}`,
    authMethod: 'password',
    authMethodArgs: {},
    amr: ['pwd'],
    persistent: false,
    expiresAt: later,
  })),
  'session.ended': of('session', 'sessionId', () => ({ reason: 'logout' })),
  'session.impersonation.started': of('session', 'sessionId', (_n, m) => ({
    targetId: idOf('user', m),
    expiresAt: later,
  })),
  'token.created': of('token', 'tokenId', (n) => ({
    intent: 'api',
    identifier: `token ${String(n)}`,
    description: '',
    keyHash: `key ${String(n)}`,
    expiresAt: null,
  })),
  'token.revoked': of('token', 'tokenId', () => ({ cause: 'revoked' })),
  'grant.opened': of('grant', 'grantId', (_n, m) => ({
    providerId: idOf('provider', m),
    applicationId: idOf('application', m),
    sessionId: null,
    scopes: ['openid'],
    authTime: later,
    amr: ['pwd'],
    refreshHash: 'hash',
    refreshExpiresAt: later,
    endsAt: later,
  })),
  'grant.refreshed': of('grant', 'grantId', (_n, m) => ({
    generation: m,
    refreshHash: `hash ${String(m)}`,
    refreshExpiresAt: later,
  })),
  'grant.revoked': of('grant', 'grantId', () => ({ cause: 'revoked' })),
  'role.created': (n) => ({ stream: `role-${idOf('role', n)}`, data: { name: `role ${String(n)}` } }),
  'role.changed': (n, m) => ({
    stream: `role-${idOf('role', n)}`,
    data: { set: { name: `renamed ${String(m)}` }, was: { name: `role ${String(n)}` } },
  }),
  'role.deleted': (n) => ({ stream: `role-${idOf('role', n)}`, data: {} }),
  'activity.login.failed': (n, m) => ({
    stream: 'activity-login.2026',
    data: {
      userId: m === 0 ? null : idOf('user', m),
      identifierHash: null,
      identifierLength: 3,
      reason: 'wrong_password',
      stageId: null,
      providerId: null,
      count: n + 1,
    },
  }),
  'activity.application.authorized': (n, m) => ({
    stream: 'activity-application.2026',
    data: {
      userId: idOf('user', m),
      applicationId: idOf('application', n),
      flowId: idOf('flow', 1),
      scopes: ['openid'],
    },
  }),
  'subject.shredded': (n) => ({
    stream: `subject-${idOf('user', n)}`,
    data: {
      subject: idOf('user', n),
      requestedBy: idOf('user', 0),
      legalBasis: 'consent_withdrawn',
      keyDigest: 'digest',
    },
  }),
  'activity.notification.delivered': (n, m) => ({
    stream: `activity-notification.${String(n)}`,
    data: {
      notificationId: idOf('notification', n),
      userId: idOf('user', m),
      severity: 'notice',
      entryId: null,
      ruleId: null,
      transportId: idOf('notificationtransport', 1),
      notice: null,
    },
  }),
  'activity.notification.seen': (n, m) => ({
    stream: 'activity-notification.seen',
    data: { userId: idOf('user', m), notificationIds: [idOf('notification', n)] },
  }),
  'activity.notification.unseen': (n, m) => ({
    stream: 'activity-notification.unseen',
    data: { userId: idOf('user', m), notificationIds: [idOf('notification', n)] },
  }),
  'activity.notification.trimmed': (n, m) => ({
    stream: 'activity-notification.trimmed',
    data: {
      seenBefore: new Date(Date.UTC(2026, 0, 1 + m)).toISOString(),
      notificationIds: [idOf('notification', n)],
    },
  }),
};

/** Only counts are erased without the events reading otherwise from then on; others are in the tests of erasure. */
const stepsFor = (group: ProjectionGroup) =>
  fc.array(
    fc.record({
      type: fc.constantFrom(
        ...Object.keys(drafts).filter((type) => group.name === 'stats' || type !== 'subject.shredded'),
      ),
      n: fc.nat({ max: people - 1 }),
      m: fc.nat({ max: people - 1 }),
      sameCommand: fc.boolean(),
    }),
    { minLength: 5, maxLength: 60 },
  );

const logOf = (
  steps: readonly { type: string; n: number; m: number; sameCommand: boolean }[],
): RecordedEvent[] => {
  const revisions = new Map<string, number>();
  let command = 0;
  return steps.map(({ type, n, m, sameCommand }, index) => {
    const { stream, data } = drafts[type]!(n, m);
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    if (!sameCommand) command += 1;
    const at = new Date(Date.UTC(2026, 0, 1) + (index * hours + (index % 3)) * 3_600_000);
    return {
      position: BigInt(index + 1),
      stream,
      revision,
      id: idOf('event', index),
      type,
      version: 1,
      data,
      meta: {
        commandId: idOf('command', command),
        correlationId: 'one',
        causationId: null,
        actor: { type: 'user', id: idOf('user', m), label: `Name${String(m)}` },
        onBehalfOf: null,
        sessionId: null,
        brandId: null,
        tenant: 'main',
        via: 'admin',
        requestId: null,
        client: null,
        reason: null,
        claims: [],
      },
      at,
      recordedAt: at,
    };
  });
};

/** Digest of all rows that a group shows after events in pages of a size. */
const digestOf = async (
  group: ProjectionGroup,
  events: readonly RecordedEvent[],
  pageSize: number,
): Promise<string> => {
  const schema = `property_${group.name}_${String(pageSize)}`;
  await makeTables(db, group, schema);
  for (let at = 0; at < events.length; at += pageSize) {
    const page = concerning(group, events.slice(at, at + pageSize), new Set());
    await db.transaction().execute((tx) => applyEvents(tx, group, schema, page));
  }
  const content = await contentOf(db, schema);
  await dropTables(db, schema);
  return createHash('sha256').update(content.join('\n')).digest('hex');
};

it.each(groups.map((group) => [group.name, group] as const))(
  'R4: %s shows the same rows whatever the pages in which random events reach it',
  async (_name, group) => {
    await fc.assert(
      fc.asyncProperty(stepsFor(group), async (steps) => {
        const events = logOf(steps);
        const digests = [];
        for (const size of [1, 7, 500]) digests.push(await digestOf(group, events, size));
        expect(new Set(digests).size).toBe(1);
      }),
      { numRuns: 6 },
    );
  },
);
