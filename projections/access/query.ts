import { sql } from 'kysely';
import type { Id } from '../../domain/kernel/ids.js';
import { prepared } from '../prepared.js';
import type { Database } from '../projection.js';
import type { UserWithGroups } from '../directory/query.js';
import type { ConsentRow, GrantRow, SessionRow, TokenRow } from './table.js';

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
  coalesce((select jsonb_agg(m.group_id) from directory.membership m where m.user_id = u.id), '[]') as group_ids`;

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
      from access.session s join directory.user u on u.id = s.user_id
     where s.token_hash = ${tokenHash} and s.ended_at is null`.execute(db);
  return rows[0] ?? null;
};

export type TokenCredential = CredentialRow &
  Pick<TokenRow, 'intent'> & { readonly token_id: Id<'token'>; readonly expires_at: Date | null };

/** The token of a key, by its digest. */
export const tokenByKeyHash = async (db: Database, keyHash: string): Promise<TokenCredential | null> => {
  const { rows } = await sql<TokenCredential>`${prepared}
    select t.id as token_id, t.intent, t.expires_at, ${holder}
      from access.token t join directory.user u on u.id = t.user_id where t.key_hash = ${keyHash}`.execute(
    db,
  );
  return rows[0] ?? null;
};

export const liveSessionIds = async (db: Database, userId: string): Promise<readonly Id<'session'>[]> => {
  const { rows } = await sql<{ id: Id<'session'> }>`
    select id from access.session where user_id = ${userId} and ended_at is null`.execute(db);
  return rows.map((row) => row.id);
};

/** Sessions past their end that have not been ended; what one append can hold at most. */
export const expiredSessionIds = async (db: Database, now: Date): Promise<readonly Id<'session'>[]> => {
  const { rows } = await sql<{ id: Id<'session'> }>`
    select id from access.session where ended_at is null and expires_at <= ${now} order by expires_at limit 200`.execute(
    db,
  );
  return rows.map((row) => row.id);
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
      from access.session s
      join lateral (select ${wholeUser} from directory.user u where u.id = s.user_id) a on true
      left join lateral (select ${wholeUser} from directory.user u where u.id = s.impersonated_id) t on true
     where s.impersonated_id is not null and s.ended_at is null order by s.impersonation_expires_at limit 200`.execute(
    db,
  );
  return rows;
};

export const sessionsOfUser = async (db: Database, userId: string): Promise<readonly SessionRow[]> => {
  const { rows } = await sql<SessionRow>`
    select * from access.session where user_id = ${userId} and ended_at is null and expires_at > now()
     order by started_at desc, id limit 100`.execute(db);
  return rows;
};

export const tokenIds = async (db: Database, userId: string): Promise<readonly Id<'token'>[]> => {
  const { rows } = await sql<{
    id: Id<'token'>;
  }>`select id from access.token where user_id = ${userId}`.execute(db);
  return rows.map((row) => row.id);
};

const wholeUser = sql`to_jsonb(u) || jsonb_build_object('group_ids',
  coalesce((select jsonb_agg(m.group_id) from directory.membership m where m.user_id = u.id), '[]')) as user`;

/** How long a session lives for a user: to its end for its owner, for an impersonated one no longer than that. */
const sessionUntil = sql`case when s.ended_at is not null then null when s.user_id = u.id then s.expires_at
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
           (select ${sessionUntil} from access.session s where s.id = ${sessionId}::uuid) as session_until
      from directory.user u where u.id = ${userId}`.execute(db);
  return rows[0] ?? null;
};

export type GrantWithSubject = SubjectRow & { readonly grant: GrantRow };

/** A grant with its person and the life of its session: all that a refresh or a token check needs, in one query. */
export const grantById = async (db: Database, grantId: string): Promise<GrantWithSubject | null> => {
  const { rows } = await sql<GrantWithSubject>`${prepared}
    select to_jsonb(g) as grant, ${wholeUser}, ${sessionUntil} as session_until
      from access.grant g join directory.user u on u.id = g.user_id left join access.session s on s.id = g.session_id
     where g.id = ${grantId}`.execute(db);
  return rows[0] ?? null;
};

/** What one append can end together. Grants of an inactive user are refused at use, whatever their number. */
const maxGrantsAtOnce = 300;

export const liveGrantIds = async (db: Database, userId: string): Promise<readonly Id<'grant'>[]> => {
  const { rows } = await sql<{ id: Id<'grant'> }>`
    select id from access.grant where user_id = ${userId} and revoked_at is null and ends_at > now()
     order by opened_at desc limit ${maxGrantsAtOnce}`.execute(db);
  return rows.map((row) => row.id);
};

export const consentOf = async (
  db: Database,
  userId: string,
  applicationId: string,
): Promise<ConsentRow | null> => {
  const { rows } = await sql<{ row: ConsentRow }>`${prepared}
    select to_jsonb(c) as row from access.consent c where c.user_id = ${userId} and c.application_id = ${applicationId}`.execute(
    db,
  );
  return rows[0]?.row ?? null;
};

export const isTokenRevoked = async (db: Database, tokenId: string): Promise<boolean> => {
  const { rows } = await sql<{
    found: boolean;
  }>`${prepared} select exists (select from access.revoked_token where id = ${tokenId}) as found`.execute(db);
  return rows[0]?.found ?? false;
};
