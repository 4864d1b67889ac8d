import type { ConsentEvent } from '../../domain/access/consent/consent.js';
import type { GrantEvent } from '../../domain/access/grant/events.js';
import type { SessionEvent } from '../../domain/access/session/events.js';
import type { TokenEvent } from '../../domain/access/token/events.js';
import type { MembershipEvent } from '../../domain/directory/membership/events.js';
import type { UserEvent } from '../../domain/directory/user/events.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { evolveRow, isModelEvent } from '../config/evolve-row.js';
import type { VersionRow } from './table.js';

/** What a version holds, whenever it begins. */
export type Content = Pick<VersionRow, 'model' | 'label' | 'data'>;

/** The next content; null when the thing ends, `same` when the event changes nothing that has a history. */
export type Step = Content | null | 'same';

type Behaviour = UserEvent | MembershipEvent | SessionEvent | TokenEvent | GrantEvent | ConsentEvent;

const behaviours = /^(user|membership|session|token|grant|consent)\./;

export const hasHistory = (type: string): boolean => behaviours.test(type) || isModelEvent(type);

const ofModel = (open: VersionRow | null, event: RecordedEvent): Content | null => {
  const before = open && {
    ...open,
    position: open.from_pos,
    changed_at: open.from_at,
  };
  const row = evolveRow(before, event);
  return row && { model: row.model, label: row.label, data: row.data };
};

const ofBehaviour = (open: VersionRow | null, event: Behaviour): Step => {
  const holding = (model: string, data: VersionRow['data']): Content => ({ model, label: '', data });
  const changed = (data: VersionRow['data']): Content | null =>
    open && holding(open.model, { ...open.data, ...data });
  switch (event.type) {
    case 'user.created': {
      const { number, type, path, isActive } = event.data;
      return holding('user', { number, type, path, isActive });
    }
    case 'user.moved':
      return changed({ path: event.data.path });
    case 'user.type.changed':
      return changed({ type: event.data.type });
    case 'user.activated':
      return changed({ isActive: true });
    case 'user.deactivated':
      return changed({ isActive: false });
    // A new version without a trace of what is new in it: it marks when, and by which event.
    case 'user.username.changed':
    case 'user.renamed':
    case 'user.email.changed':
    case 'user.attributes.changed':
    case 'user.password.changed':
      return changed({});
    case 'membership.granted':
      return open ? 'same' : holding('membership', event.data);
    case 'session.started': {
      const { userId, expiresAt } = event.data;
      return holding('session', { userId, expiresAt });
    }
    case 'token.created': {
      const { userId, intent, expiresAt } = event.data;
      return holding('token', { userId, intent, expiresAt });
    }
    case 'token.used':
      return open?.data['intent'] === 'recovery' ? null : 'same';
    case 'grant.opened': {
      const { userId, applicationId, providerId, sessionId, scopes, endsAt } = event.data;
      return holding('grant', { userId, applicationId, providerId, sessionId, scopes, endsAt });
    }
    case 'consent.given': {
      const { userId, applicationId, scopes, expiresAt } = event.data;
      return holding('consent', { userId, applicationId, scopes, expiresAt });
    }
    case 'session.impersonation.started':
    case 'session.impersonation.ended':
    case 'grant.refreshed':
      return 'same';
    case 'user.deleted':
    case 'membership.revoked':
    case 'session.ended':
    case 'token.revoked':
    case 'grant.revoked':
    case 'consent.revoked':
      return null;
    default:
      return event satisfies never;
  }
};

/** What follows on the version that holds, or on nothing. */
export const nextContent = (open: VersionRow | null, event: RecordedEvent): Step =>
  behaviours.test(event.type) ? ofBehaviour(open, event as unknown as Behaviour) : ofModel(open, event);
