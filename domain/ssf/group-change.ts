import type { RecordedEvent } from '../kernel/event.js';
import type { Id } from '../kernel/ids.js';
import { initiatorOf, type Signal } from './signals-of.js';

/** The group whose members may count to other groups now, or to groups of other names; null for everything else. */
export const groupChangedBy = ({
  type,
  stream,
  revision,
  data,
  unreadable,
}: RecordedEvent): string | null => {
  if (unreadable !== undefined) return null;
  const { set = {} } = data as { readonly set?: Readonly<Record<string, unknown>> };
  const matters =
    type === 'group.deleted' ||
    // Brought back.
    (type === 'group.created' && revision > 0) ||
    (type === 'group.changed' && ('name' in set || 'parents' in set));
  return matters ? stream.slice('group-'.length) : null;
};

/** What a change of a group means for one of the people in it. */
export const groupSignal = (event: RecordedEvent, userId: Id<'user'>): Signal => ({
  type: 'caep_token_claims_change',
  userId,
  sessionId: null,
  changed: ['groups'],
  key: `${event.id}/${userId}/caep_token_claims_change`,
  members: {
    event_timestamp: Math.floor(event.at.getTime() / 1000),
    initiating_entity: initiatorOf(event, userId),
  },
});
