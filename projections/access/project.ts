import type { SessionEvent } from '../../domain/access/session/events.js';
import type { TokenEvent } from '../../domain/access/token/events.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { foldRows, type RowFold } from '../fold-rows.js';
import type { ProjectionGroup } from '../projection.js';
import { accessTables, type SessionRow, type TokenRow } from './table.js';

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
  table: 'access.session',
  key: 'id',
  keyOf: (event) => (event.type.startsWith('session.') ? event.stream.slice('session-'.length) : null),
  evolve: evolveSession,
};

const tokens: RowFold<TokenRow> = {
  table: 'access.token',
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

/** What lets somebody in: sessions and tokens. */
export const access: ProjectionGroup = {
  name: 'access',
  version: 1,
  tables: accessTables,
  handles: (type) => type.startsWith('session.') || type.startsWith('token.'),
  apply: async (tx, events) => {
    await foldRows(tx, sessions, events);
    await foldRows(tx, tokens, events);
  },
};
