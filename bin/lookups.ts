/** Look-ups that commands make, answered from the read models. */
import type {
  GrantLookup,
  GrantRecord,
  HistoryLookup,
  Inbox,
  SessionLookup,
  SubjectRecord,
  UserLookup,
  UserRecord,
} from '../commands/ports.js';
import { noConsent } from '../domain/access/consent/consent.js';
import type { LiveGrant } from '../domain/access/grant/grant.js';
import { isId, type Id } from '../domain/kernel/ids.js';
import {
  consentOf,
  lapsedGrants,
  lapsedSessions,
  grantById,
  liveGrantIds,
  liveSessionIds,
  runningImpersonations,
  subjectById,
  tokenIds,
  type GrantWithSubject,
  type SubjectRow,
} from '../projections/access/query.js';
import {
  activeMemberIds,
  userById,
  userByIdentifier,
  type UserWithGroups,
} from '../projections/directory/query.js';
import { endedByCommand, membershipsAt, placeOfEvent } from '../projections/history/query.js';
import { seenNotificationIds, unseenNotificationIds } from '../projections/inbox/query.js';
import type { Database } from '../projections/projection.js';
import { userIdByHash, userIdByNumber } from '../projections/ssf/query.js';

const asUserRecord = (row: UserWithGroups | null): UserRecord | null =>
  row && {
    id: row.id as UserRecord['id'],
    number: row.number,
    username: row.username,
    name: row.name,
    email: row.email,
    isActive: row.is_active,
    type: row.type,
    path: row.path,
    attributes: row.attributes,
    credential: row.credential,
    groupIds: row.group_ids,
  };

const asSubject = (row: SubjectRow | null): SubjectRecord | null => {
  const user = row && asUserRecord(row.user);
  return row && user
    ? { user, sessionUntil: row.session_until === null ? null : new Date(row.session_until) }
    : null;
};

const asGrantRecord = (row: GrantWithSubject | null): GrantRecord | null => {
  const subject = asSubject(row);
  if (!row || !subject) return null;
  const { grant } = row;
  return {
    subject,
    revision: grant.revision,
    revoked: row.revoked,
    state: {
      status: 'live',
      id: grant.id as LiveGrant['id'],
      userId: grant.user_id as LiveGrant['userId'],
      providerId: grant.provider_id as LiveGrant['providerId'],
      applicationId: grant.application_id as LiveGrant['applicationId'],
      sessionId: grant.session_id as LiveGrant['sessionId'],
      scopes: grant.scopes,
      authTime: grant.auth_time,
      amr: grant.amr,
      generation: grant.generation,
      refreshHash: grant.refresh_hash,
      refreshExpiresAt: grant.refresh_expires_at,
      endsAt: grant.ends_at,
    },
  };
};

const userNamed = async (db: Database, id: string | null): Promise<UserRecord | null> =>
  id === null ? null : asUserRecord(await userById(db, id));

export const userLookup = (db: Database): UserLookup => ({
  byId: async (id) => asUserRecord(await userById(db, id)),
  byNumber: async (number) => userNamed(db, await userIdByNumber(db, number)),
  byHashedNumber: async (hash) => userNamed(db, await userIdByHash(db, hash)),
  byIdentifier: async (identifier, fields, caseInsensitive) =>
    asUserRecord(await userByIdentifier(db, identifier, fields, caseInsensitive)),
  memberIds: (groupIds, page) => activeMemberIds(db, groupIds, page),
  tokenIds: (userId) => tokenIds(db, userId),
});

export const sessionLookup = (db: Database): SessionLookup => ({
  liveSessionsOf: (userId) => liveSessionIds(db, userId),
  lapsed: (now) => lapsedSessions(db, now),
  impersonations: async () =>
    (await runningImpersonations(db)).flatMap((row) => {
      const administrator = asUserRecord(row.administrator);
      return administrator
        ? [
            {
              sessionId: row.session_id,
              expiresAt: row.expires_at,
              administrator,
              target: asUserRecord(row.target),
            },
          ]
        : [];
    }),
  subject: async (userId, sessionId) => asSubject(await subjectById(db, userId, sessionId)),
});

export const inboxLookup = (db: Database): Inbox => ({
  unseenOf: (userId, among) => unseenNotificationIds(db, userId, among === null ? null : among.filter(isId)),
  seenOf: (userId, among) => seenNotificationIds(db, userId, among.filter(isId)),
});

export const grantLookup = (db: Database): GrantLookup => ({
  byId: async (grantId) => asGrantRecord(await grantById(db, grantId)),
  liveGrantsOf: (userId) => liveGrantIds(db, userId),
  lapsed: () => lapsedGrants(db),
  consentOf: async (userId, applicationId) => {
    const row = await consentOf(db, userId, applicationId);
    return row ? { scopes: row.scopes, expiresAt: row.expires_at } : noConsent;
  },
});

export const historyLookup = (db: Database): HistoryLookup => ({
  placeOf: (eventId) => placeOfEvent(db, eventId),
  endedBy: (commandId) => endedByCommand(db, commandId),
  groupsOf: async (userId, position) =>
    (await membershipsAt(db, position, { userId })).map(({ groupId }) => groupId as Id<'group'>),
});
