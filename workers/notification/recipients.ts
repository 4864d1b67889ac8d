import type { Ports } from '../../commands/ports.js';
import type { AuditEntry } from '../../domain/audit/entry.js';
import { groupAndDescendants, groupTree } from '../../domain/directory/group/effective-groups.js';
import { eventUserOf, type Rule } from '../../domain/notification/matching.js';

/** Finds out to whom a rule's notifications go: active members of its group and those below, and the event's user. */
export const recipientFinder = (ports: Ports) => {
  const membersOf = new Map<string, Promise<readonly string[]>>();
  const members = (groupId: string): Promise<readonly string[]> => {
    const known = membersOf.get(groupId);
    if (known) return known;
    const found = ports.users.memberIds(groupAndDescendants(groupTree(ports.config), groupId));
    membersOf.set(groupId, found);
    return found;
  };
  return async ({ values }: Rule, entry: AuditEntry): Promise<readonly string[]> => {
    const found = new Set(values.destinationGroup === null ? [] : await members(values.destinationGroup));
    const eventUser = values.destinationEventUser ? eventUserOf(entry) : null;
    if (eventUser !== null && !found.has(eventUser) && (await ports.users.byId(eventUser))?.isActive)
      found.add(eventUser);
    return [...found].sort();
  };
};
