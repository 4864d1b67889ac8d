import type { Ports } from '../../commands/ports.js';
import { groupAndDescendants, groupTree } from '../../domain/directory/group/effective-groups.js';
import type { AuditEntry } from '../../domain/audit/entry.js';
import type { Recipient } from '../../domain/notification/fan-out.js';
import { eventUserOf, ownerOf, type Rule } from '../../domain/notification/matching.js';

/** An address of a rule as deliveries name it: they hold nothing personal. */
export const addressHash = (ports: Ports, address: string): string =>
  ports.sealer.digest('identifier', 'notification address', address);

/**
 * Finds out to whom a rule's notifications go: active members of its group and those below, the person an entry is about,
 * the owner of its target, and the addresses that the rule names.
 */
export const recipientFinder = (ports: Ports) => {
  const membersOf = new Map<string, Promise<readonly string[]>>();
  const members = (groupId: string): Promise<readonly string[]> => {
    const known = membersOf.get(groupId);
    if (known) return known;
    const found = ports.users.memberIds(groupAndDescendants(groupTree(ports.config), groupId));
    membersOf.set(groupId, found);
    return found;
  };
  return async ({ values }: Rule, entry: AuditEntry | null): Promise<readonly Recipient[]> => {
    const found = new Set(values.destinationGroup === null ? [] : await members(values.destinationGroup));
    const about = [
      values.destinationEventUser && entry ? eventUserOf(entry) : null,
      values.destinationOwner && entry ? ownerOf(entry) : null,
    ];
    for (const userId of about)
      if (userId !== null && !found.has(userId) && (await ports.users.byId(userId))?.isActive)
        found.add(userId);
    return [
      ...[...found].sort().map((userId): Recipient => ({ kind: 'user', userId })),
      ...values.destinationAddresses.map((address): Recipient => ({
        kind: 'address',
        hash: addressHash(ports, address),
      })),
    ];
  };
};
