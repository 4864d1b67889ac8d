/*
 * A membership: one user in one group, an edge of its own so that large groups need no large stream.
 * Stream `membership-<uuid5(group, user)>`. Granting twice and revoking twice change nothing.
 */
import { eventType, type EventsOf } from '../../kernel/event.js';
import { storedId } from '../../kernel/ids.js';

const edge = { userId: storedId('user'), groupId: storedId('group') };

export const membershipEvents = {
  'membership.granted': eventType(1, edge),
  'membership.revoked': eventType(1, edge),
};

export type MembershipEvent = EventsOf<typeof membershipEvents>;
