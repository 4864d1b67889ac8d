import type { Id } from '../../domain/kernel/ids.js';
import type { UserRecord } from '../ports.js';
import type { Ports } from '../ports.js';
import { readPastUser } from '../history/read-past-user.js';

/** A person as of a position, with the groups of that moment; null when he did not exist then. */
export const personAt = async (
  ports: Ports,
  userId: string,
  position: bigint,
): Promise<UserRecord | null> => {
  const [past, groupIds] = await Promise.all([
    readPastUser(ports, userId, position),
    ports.history.groupsOf(userId, position),
  ]);
  return past && { ...past.state, id: userId as Id<'user'>, groupIds };
};
