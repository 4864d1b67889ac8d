import { sql } from 'kysely';
import type { Id } from '../../domain/kernel/ids.js';
import { prepared } from '../prepared.js';
import type { Database } from '../projection.js';
import type { UserWithGroups } from '../directory/query.js';
import { directorySchema } from '../directory/table.js';
import { accessSchema, type ConsentRow, type GrantRow, type SessionRow, type TokenRow } from './table.js';

const memberships = directorySchema.table('membership');
const sessions = accessSchema.table('session');
const users = directorySchema.table('user');
const tokens = accessSchema.table('token');
const grants = accessSchema.table('grant');
const consents = accessSchema.table('consent');
const revokedTokens = accessSchema.table('revoked_token');

/** What one append can end together; the rest has no effect any more, and is ended on record by and by. */
const endedAtOnce = 150;

/** The session did not begin before its user was signed out everywhere, or it was spared then. */
const outlives = sql`(s.position > u.cutoff or s.id is not distinct from u.cutoff_spares)`;

/** Who stands behind a cookie or a bearer token, with what is needed to decide on a request. */
export interface CredentialRow {
  readonly user_id: Id<'user'>;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly is_active: boolean;
  readonly group_ids: readonly Id<'group'>[];
}

const holder = sql`u.id as user_id, u.username, u.name, u.email, u.is_active,
  coalesce((select jsonb_agg(m.group_id) from ${memberships} m where m.user_id = u.id), '[]') as group_ids`;

export type SessionCredential = CredentialRow & {
  readonly session_id: Id<'session'>;
  readonly expires_at: Date;
  readonly started_at: Date;
  readonly amr: readonly string[];
  readonly impersonated_id: Id<'user'> | null;
  readonly impersonation_expires_at: Date | null;
};

/** The live session of a cookie, by the digest of its value. */
export const sessionByTokenHash = async (
  db: Database,
  tokenHash: string,
): Promise<SessionCredential | null> => {
  const { rows } = await sql<SessionCredential>`${prepared}
    select s.id as session_id, s.expires_at, s.started_at, s.amr, s.impersonated_id, s.impersonation_expires_at, ${holder}
      from ${sessions} s join ${users} u on u.id = s.user_id
     where s.token_hash = ${tokenHash} and s.ended_at is null and ${outlives}`.execute(db);
  return rows[0] ?? null;
};

export type TokenCredential = CredentialRow &
  Pick<TokenRow, 'intent'> & { readonly token_id: Id<'token'>; readonly expires_at: Date | null };

/** The token of a key, by its digest. */
export const tokenByKeyHash = async (db: Database, keyHash: string): Promise<TokenCredential | null> => {
  const { rows } = await sql<TokenCredential>`${prepared}
    select t.id as token_id, t.intent, t.expires_at, ${holder}
      from ${tokens} t join ${users} u on u.id = t.user_id where t.key_hash = ${keyHash}`.execute(db);
  return rows[0] ?? null;
};

export const liveSessionIds = async (db: Database, userId: string): Promise<readonly Id<'session'>[]> => {
  const { rows } = await sql<{ id: Id<'session'> }>`
    select id from ${sessions} where user_id = ${userId} and ended_at is null
     order by started_at desc limit ${endedAtOnce}`.execute(db);
  return rows.map((row) => row.id);
};

/** Users who changed lately: only theirs can be sessions and grants that end without an event of their own. */
const changedLately = sql`u.changed_at > now() - interval '1 day'`;

export interface LapsedSession {
  readonly id: Id<'session'>;
  readonly reason: 'expired' | 'password_changed' | 'user_deactivated';
}

/** Sessions that have no effect any more and have not been ended. */
export const lapsedSessions = async (db: Database, now: Date): Promise<readonly LapsedSession[]> => {
  const { rows } = await sql<LapsedSession>`
    (select s.id, 'expired' as reason from ${sessions} s
      where s.ended_at is null and s.expires_at <= ${now} order by s.expires_at limit ${endedAtOnce})
    union all
    (select s.id, case when u.is_active then 'password_changed' else 'user_deactivated' end as reason
       from ${users} u join ${sessions} s on s.user_id = u.id
      where ${changedLately} and u.cutoff > 0 and s.ended_at is null and s.expires_at > ${now}
        and not ${outlives} limit ${endedAtOnce})
    limit ${endedAtOnce}`.execute(db);
  return rows;
};

export interface LapsedGrant {
  readonly id: Id<'grant'>;
  readonly cause: 'password_changed' | 'user_deactivated';
}

/** Grants that began before their user was signed out everywhere, and have not been revoked. */
export const lapsedGrants = async (db: Database): Promise<readonly LapsedGrant[]> => {
  const { rows } = await sql<LapsedGrant>`
    select g.id, case when u.is_active then 'password_changed' else 'user_deactivated' end as cause
      from ${users} u join ${grants} g on g.user_id = u.id
     where ${changedLately} and u.cutoff > 0 and g.position <= u.cutoff and g.revoked_at is null and g.ends_at > now()
     limit ${endedAtOnce}`.execute(db);
  return rows;
};

export interface ImpersonationRow {
  readonly session_id: Id<'session'>;
  readonly expires_at: Date;
  readonly administrator: UserWithGroups;
  readonly target: UserWithGroups | null;
}

/** Impersonations that have not been ended, with both persons as they are now. */
export const runningImpersonations = async (db: Database): Promise<readonly ImpersonationRow[]> => {
  const { rows } = await sql<ImpersonationRow>`
    select s.id as session_id, s.impersonation_expires_at as expires_at, a.user as administrator, t.user as target
      from ${sessions} s
      join lateral (select ${wholeUser} from ${users} u where u.id = s.user_id) a on true
      left join lateral (select ${wholeUser} from ${users} u where u.id = s.impersonated_id) t on true
     where s.impersonated_id is not null and s.ended_at is null order by s.impersonation_expires_at limit ${endedAtOnce}`.execute(
    db,
  );
  return rows;
};

export const sessionsOfUser = async (db: Database, userId: string): Promise<readonly SessionRow[]> => {
  const { rows } = await sql<SessionRow>`
    select s.* from ${sessions} s join ${users} u on u.id = s.user_id
     where s.user_id = ${userId} and s.ended_at is null and s.expires_at > now() and ${outlives}
     order by s.started_at desc, s.id limit 100`.execute(db);
  return rows;
};

export const tokenIds = async (db: Database, userId: string): Promise<readonly Id<'token'>[]> => {
  const { rows } = await sql<{
    id: Id<'token'>;
  }>`select id from ${tokens} where user_id = ${userId} limit ${endedAtOnce}`.execute(db);
  return rows.map((row) => row.id);
};

const wholeUser = sql`to_jsonb(u) || jsonb_build_object('group_ids',
  coalesce((select jsonb_agg(m.group_id) from ${memberships} m where m.user_id = u.id), '[]')) as user`;

/** How long a session lives for a user: to its end for its owner, for an impersonated one no longer than that. */
const sessionUntil = sql`case when s.ended_at is not null then null when s.user_id = u.id then case when ${outlives} then s.expires_at end
  when s.impersonated_id = u.id then least(s.expires_at, s.impersonation_expires_at) end`;

export interface SubjectRow {
  readonly user: UserWithGroups;
  /** End of the session's life; null when it has ended, or when there is none. */
  readonly session_until: string | null;
}

/** A person, and how long a session of his still lives. */
export const subjectById = async (
  db: Database,
  userId: string,
  sessionId: string | null,
): Promise<SubjectRow | null> => {
  const { rows } = await sql<SubjectRow>`${prepared}
    select ${wholeUser},
           (select ${sessionUntil} from ${sessions} s where s.id = ${sessionId}::uuid) as session_until
      from ${users} u where u.id = ${userId}`.execute(db);
  return rows[0] ?? null;
};

export type GrantWithSubject = SubjectRow & { readonly grant: GrantRow; readonly revoked: boolean };

/** A grant with its person and the life of its session: all that a refresh or a token check needs, in one query. */
export const grantById = async (db: Database, grantId: string): Promise<GrantWithSubject | null> => {
  const { rows } = await sql<GrantWithSubject>`${prepared}
    select to_jsonb(g) as grant, ${wholeUser}, ${sessionUntil} as session_until,
           g.revoked_at is not null or g.position <= u.cutoff as revoked
      from ${grants} g join ${users} u on u.id = g.user_id left join ${sessions} s on s.id = g.session_id
     where g.id = ${grantId}`.execute(db);
  return rows[0] ?? null;
};

export const liveGrantIds = async (db: Database, userId: string): Promise<readonly Id<'grant'>[]> => {
  const { rows } = await sql<{ id: Id<'grant'> }>`
    select id from ${grants} where user_id = ${userId} and revoked_at is null and ends_at > now()
     order by opened_at desc limit ${endedAtOnce}`.execute(db);
  return rows.map((row) => row.id);
};

export const consentOf = async (
  db: Database,
  userId: string,
  applicationId: string,
): Promise<ConsentRow | null> => {
  const { rows } = await sql<{ row: ConsentRow }>`${prepared}
    select to_jsonb(c) as row from ${consents} c where c.user_id = ${userId} and c.application_id = ${applicationId}`.execute(
    db,
  );
  return rows[0]?.row ?? null;
};

export const isTokenRevoked = async (db: Database, tokenId: string): Promise<boolean> => {
  const { rows } = await sql<{
    found: boolean;
  }>`${prepared} select exists (select from ${revokedTokens} where id = ${tokenId}) as found`.execute(db);
  return rows[0]?.found ?? false;
};
