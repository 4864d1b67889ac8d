import type { ConsentEvent } from '../../domain/access/consent/consent.js';
import type { GrantEvent } from '../../domain/access/grant/events.js';
import type { SessionEvent } from '../../domain/access/session/events.js';
import type { TokenEvent } from '../../domain/access/token/events.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { sql } from 'kysely';
import { foldRows, type RowFold } from '../fold-rows.js';
import type { ProjectionGroup } from '../projection.js';
import { shreddedUsersIn } from '../shredded.js';
import {
  accessIndexes,
  accessSchema,
  accessTables,
  type ConsentRow,
  type GrantRow,
  type RevokedTokenRow,
  type SessionRow,
  type TokenRow,
} from './table.js';

const evolveSession = (row: SessionRow | null, recorded: RecordedEvent): SessionRow | null => {
  const event = recorded as unknown as SessionEvent;
  const { revision, at } = recorded;
  switch (event.type) {
    case 'session.started':
      return {
        id: event.data.sessionId,
        user_id: event.data.userId,
        token_hash: event.data.tokenHash,
        auth_method: event.data.authMethod,
        auth_method_args: event.data.authMethodArgs,
        amr: event.data.amr,
        persistent: event.data.persistent,
        ip: recorded.meta.client?.ip ?? null,
        user_agent: recorded.meta.client?.userAgent ?? null,
        started_at: at.toISOString(),
        expires_at: event.data.expiresAt,
        ended_at: null,
        end_reason: null,
        impersonated_id: null,
        impersonation_expires_at: null,
        revision,
        position: Number(recorded.position),
      };
    case 'session.ended':
      return row && { ...row, ended_at: at.toISOString(), end_reason: event.data.reason, revision };
    case 'session.impersonation.started':
      return (
        row && {
          ...row,
          impersonated_id: event.data.targetId,
          impersonation_expires_at: event.data.expiresAt,
          revision,
        }
      );
    case 'session.impersonation.ended':
      return row && { ...row, impersonated_id: null, impersonation_expires_at: null, revision };
    default:
      return event satisfies never;
  }
};

const sessions: RowFold<SessionRow> = {
  table: 'session',
  key: 'id',
  keyOf: (event) => (event.type.startsWith('session.') ? event.stream.slice('session-'.length) : null),
  evolve: evolveSession,
};

const tokens: RowFold<TokenRow> = {
  table: 'token',
  key: 'id',
  keyOf: (event) => (event.type.startsWith('token.') ? event.stream.slice('token-'.length) : null),
  evolve: (row, recorded) => {
    const event = recorded as unknown as TokenEvent;
    switch (event.type) {
      case 'token.created':
        return {
          id: event.data.tokenId,
          user_id: event.data.userId,
          intent: event.data.intent,
          identifier: event.data.identifier,
          description: event.data.description,
          key_hash: event.data.keyHash,
          expires_at: event.data.expiresAt,
          created_at: recorded.at.toISOString(),
        };
      case 'token.used':
        return row?.intent === 'recovery' ? null : row;
      case 'token.revoked':
        return null;
      default:
        return event satisfies never;
    }
  },
};

const grants: RowFold<GrantRow> = {
  table: 'grant',
  key: 'id',
  keyOf: (event) => (event.type.startsWith('grant.') ? event.stream.slice('grant-'.length) : null),
  evolve: (row, recorded) => {
    const event = recorded as unknown as GrantEvent;
    const { revision } = recorded;
    const at = recorded.at.toISOString();
    switch (event.type) {
      case 'grant.opened': {
        const { data } = event;
        return {
          id: data.grantId,
          user_id: data.userId,
          provider_id: data.providerId,
          application_id: data.applicationId,
          session_id: data.sessionId,
          scopes: data.scopes,
          auth_time: data.authTime,
          amr: data.amr,
          generation: 0,
          refresh_hash: data.refreshHash,
          refresh_expires_at: data.refreshExpiresAt,
          ends_at: data.endsAt,
          opened_at: at,
          revoked_at: null,
          revision,
          position: Number(recorded.position),
        };
      }
      case 'grant.refreshed':
        return (
          row && {
            ...row,
            generation: event.data.generation,
            refresh_hash: event.data.refreshHash,
            refresh_expires_at: event.data.refreshExpiresAt,
            revision,
          }
        );
      case 'grant.revoked':
        return row && { ...row, revoked_at: at, revision };
      default:
        return event satisfies never;
    }
  },
};

const consents: RowFold<ConsentRow> = {
  table: 'consent',
  key: 'id',
  keyOf: (event) => (event.type.startsWith('consent.') ? event.stream.slice('consent-'.length) : null),
  evolve: (_row, recorded) => {
    const event = recorded as unknown as ConsentEvent;
    switch (event.type) {
      case 'consent.given':
        return {
          id: recorded.stream.slice('consent-'.length),
          user_id: event.data.userId,
          application_id: event.data.applicationId,
          scopes: event.data.scopes,
          expires_at: event.data.expiresAt,
          given_at: recorded.at.toISOString(),
        };
      case 'consent.revoked':
        return null;
      default:
        return event satisfies never;
    }
  },
};

const revokedTokens: RowFold<RevokedTokenRow> = {
  table: 'revoked_token',
  key: 'id',
  keyOf: (event) =>
    event.type === 'activity.token.revoked' ? (event.data as { tokenId: string }).tokenId : null,
  evolve: (_row, event) => {
    const { tokenId, expiresAt } = event.data as { tokenId: string; expiresAt: string };
    return { id: tokenId, expires_at: expiresAt };
  },
};

/** What lets somebody in: sessions, tokens, grants and consents. */
export const access: ProjectionGroup = {
  ...accessSchema,
  tables: accessTables,
  indexes: accessIndexes,
  handles: (type) =>
    /^(session|token|grant|consent)\./.test(type) ||
    type === 'activity.token.revoked' ||
    type === 'subject.shredded',
  apply: async (tx, schema, events) => {
    await foldRows(tx, schema, sessions, events);
    await foldRows(tx, schema, tokens, events);
    await foldRows(tx, schema, grants, events);
    await foldRows(tx, schema, consents, events);
    await foldRows(tx, schema, revokedTokens, events);
    const users = shreddedUsersIn(events);
    if (users.length > 0)
      for (const table of ['session', 'token', 'grant', 'consent'])
        await sql`delete from ${sql.id(schema, table)} where user_id = any (${users}::uuid[])`.execute(tx);
  },
};
