import type { SessionEvent } from '../access/session/events.js';
import type { GrantEvent } from '../access/grant/events.js';
import type { TokenEvent } from '../access/token/events.js';
import type { MembershipEvent } from '../directory/membership/events.js';
import type { UserEvent } from '../directory/user/events.js';
import type { RecordedEvent } from '../kernel/event.js';
import type { Json } from '../kernel/field.js';
import type { Id } from '../kernel/ids.js';
import { sameValue } from '../kernel/model-decisions.js';
import type { SessionEndReason } from '../access/session/events.js';
import type { SignalType } from './event-types.js';

/** One thing to tell receivers, before it is known whom it reaches. Nothing in it is personal but ids. */
export interface Signal {
  readonly type: SignalType;
  readonly userId: Id<'user'>;
  readonly sessionId: string | null;
  /** Members of the event's payload. */
  readonly members: Readonly<Record<string, Json>>;
  /** Properties of the person of which claims may be made and that are new: sources of scope mappings. */
  readonly changed: readonly string[];
  /** Of several with the same key only one leaves. */
  readonly key: string;
}

type Told = SessionEvent | GrantEvent | TokenEvent | MembershipEvent | UserEvent;

const endings: Readonly<Record<SessionEndReason, string>> = {
  logout: 'The person signed out.',
  expired: 'The session has reached its end.',
  revoked: 'The session was ended from outside.',
  user_deactivated: 'The account was deactivated.',
  user_deleted: 'The account was deleted.',
  password_changed: 'The password was changed.',
  replaced: 'Another session has taken its place.',
};
/** Reasons for which every session of a person ends. */
const endsAll: ReadonlySet<SessionEndReason> = new Set([
  'user_deactivated',
  'user_deleted',
  'password_changed',
]);

/** Attributes whose values differ, as sources of claims; what was erased has none. */
const changedAttributes = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] =>
  [...new Set([before, after].flatMap((values) => (typeof values === 'object' ? Object.keys(values) : [])))]
    .filter((name) => !sameValue(before[name], after[name]))
    .flatMap((name) => (name === 'upn' ? ['upn', 'attributes.upn'] : [`attributes.${name}`]))
    .sort();

/** Who set it off, in the words of CAEP 1.0, 2. */
export const initiatorOf = ({ meta }: RecordedEvent, userId: string): 'user' | 'admin' | 'system' => {
  if (meta.via === 'flow' || (meta.actor.type === 'user' && meta.actor.id === userId && !meta.onBehalfOf))
    return 'user';
  return meta.actor.type === 'user' || meta.actor.type === 'cli' ? 'admin' : 'system';
};

/**
 * What an event of the log means to receivers of shared signals: the events of CAEP 1.0 and RISC 1.0 that it stands for,
 * none for most. Erased data gives no claim.
 */
export const signalsOf = (event: RecordedEvent): readonly Signal[] => {
  if (event.unreadable !== undefined) return [];
  const told = event as unknown as Told;
  const signal = (type: SignalType, rest: Partial<Signal> = {}): Signal => {
    const { userId } = told.data;
    const { members, ...others } = rest;
    return {
      type,
      userId,
      sessionId: null,
      changed: [],
      key: `${event.id}/${type}`,
      ...others,
      // RISC events have no such members.
      members: type.startsWith('caep_')
        ? {
            event_timestamp: Math.floor(event.at.getTime() / 1000),
            initiating_entity: initiatorOf(event, userId),
            ...members,
          }
        : (members ?? {}),
    };
  };
  const claims = (...changed: string[]): Signal[] =>
    changed.length === 0 ? [] : [signal('caep_token_claims_change', { changed })];
  switch (told.type) {
    case 'session.started': {
      const { sessionId, amr, authMethod } = told.data;
      return [
        signal('caep_session_established', { sessionId, members: amr.length === 0 ? {} : { amr } }),
        ...(authMethod === 'recovery_key' ? [signal('risc_recovery_activated')] : []),
      ];
    }
    case 'session.ended': {
      const { sessionId, reason } = told.data;
      const revoked = signal('caep_session_revoked', {
        sessionId,
        members: { reason_admin: { en: endings[reason] } },
      });
      return endsAll.has(reason)
        ? [
            revoked,
            signal('risc_sessions_revoked', {
              key: `${event.meta.commandId}/${told.data.userId}/risc_sessions_revoked`,
            }),
          ]
        : [revoked];
    }
    case 'grant.opened':
      return told.data.sessionId === null
        ? []
        : [signal('caep_session_presented', { sessionId: told.data.sessionId })];
    case 'user.password.changed':
      return [
        signal('caep_credential_change', { members: { credential_type: 'password', change_type: 'update' } }),
      ];
    case 'membership.granted':
    case 'membership.revoked':
      return claims('groups');
    case 'user.username.changed':
      return claims('username');
    case 'user.renamed':
      return claims('name');
    case 'user.email.changed':
      return [...(told.data.was === '' ? [] : [signal('risc_identifier_changed')]), ...claims('email')];
    case 'user.attributes.changed':
      return claims(...changedAttributes(told.data.was, told.data.attributes));
    case 'user.deactivated':
      return [signal('risc_account_disabled')];
    case 'user.activated':
      return [signal('risc_account_enabled')];
    case 'user.deleted':
      return [signal('risc_account_purged')];
    case 'token.created':
      return told.data.intent === 'recovery' ? [signal('risc_recovery_information_changed')] : [];
    default:
      return [];
  }
};
