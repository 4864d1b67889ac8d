import type { Aggregate } from '../../kernel/event.js';
import type { Id } from '../../kernel/ids.js';
import type { MembershipEvent } from './events.js';

export interface Membership {
  readonly isMember: boolean;
}

export const membership: Aggregate<Membership, MembershipEvent> = {
  category: 'membership',
  initialState: { isMember: false },
  evolve: (_state, event) => {
    switch (event.type) {
      case 'membership.granted':
        return { isMember: true };
      case 'membership.revoked':
        return { isMember: false };
      default:
        return event satisfies never;
    }
  },
};

interface Edge {
  readonly userId: Id<'user'>;
  readonly groupId: Id<'group'>;
}

/** `membership.granted`, or nothing when the user is a member already. */
export const grantMembership = (state: Membership, edge: Edge): MembershipEvent[] =>
  state.isMember ? [] : [{ type: 'membership.granted', data: edge }];

/** `membership.revoked`, or nothing when the user is no member. */
export const revokeMembership = (state: Membership, edge: Edge): MembershipEvent[] =>
  state.isMember ? [{ type: 'membership.revoked', data: edge }] : [];
