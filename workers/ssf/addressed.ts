import type { Client } from '../../commands/oauth2/client.js';
import { mayUseClient } from '../../commands/oauth2/may-use-client.js';
import type { Ports } from '../../commands/ports.js';
import { personAt } from '../../commands/ssf/person-at.js';
import { couldUse } from '../../commands/ssf/reachable.js';
import {
  effectiveGroups,
  groupAndDescendants,
  groupTree,
} from '../../domain/directory/group/effective-groups.js';
import { group } from '../../domain/directory/group/model.js';
import type { ConfigView } from '../../domain/kernel/config-view.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { Id } from '../../domain/kernel/ids.js';
import { groupChangedBy, groupSignal } from '../../domain/ssf/group-change.js';
import { signalsOf, type Signal } from '../../domain/ssf/signals-of.js';
import { configAt, membershipsAt } from '../../projections/history/query.js';
import type { Database } from '../../projections/projection.js';

const readModelsMs = 5000;
/** A change of a group that concerns more people is told of nobody. */
const mostMembers = 10_000;

/** An event with the position before the first of its command, and that of the last. */
export interface Placed {
  readonly event: RecordedEvent;
  readonly before: bigint;
  readonly last: bigint;
}

/** A signal, and whether the person could use a client's application right before it or right after it. */
export interface Addressed {
  readonly signal: Signal;
  readonly reaches: (client: Client) => boolean;
}

/** What an event says of the one person that it is about. */
const ofPerson = async (ports: Ports, { event, before, last }: Placed): Promise<readonly Addressed[]> => {
  const signals = signalsOf(event);
  if (signals.length > 0) await ports.readModels.waitFor(last, readModelsMs, ['history', 'ssf']);
  return Promise.all(
    signals.map(async (signal) => {
      const moments = await Promise.all([
        personAt(ports, signal.userId, before),
        personAt(ports, signal.userId, last),
      ]);
      return { signal, reaches: (client: Client) => couldUse(ports, client, moments) };
    }),
  );
};

const namesOf = (config: ConfigView, groupIds: readonly string[]): string =>
  JSON.stringify(
    [...effectiveGroups(groupTree(config), groupIds)]
      .flatMap((id) => config.get(group, id)?.values.name ?? [])
      .sort(),
  );

/** What the change of a group says of the active people in it and below it, as far as they are in other groups now. */
const ofMembers = async (
  ports: Ports,
  db: Database,
  groupId: string,
  { event, before, last }: Placed,
): Promise<readonly Addressed[]> => {
  await ports.readModels.waitFor(last, readModelsMs, ['history', 'ssf', 'directory']);
  const [former, present] = await Promise.all([configAt(db, before), configAt(db, last)]);
  // A group that was deleted stands in the one only, one that was brought back in the other.
  const groups = [former, present].flatMap((config) => groupAndDescendants(groupTree(config), groupId));
  const members = await ports.users.memberIds([...new Set(groups)]);
  if (members.length > mostMembers) {
    ports.log.warn({ group: groupId, members: members.length }, 'a group is too large to tell receivers of');
    return [];
  }
  const groupsOf = new Map<string, Id<'group'>[]>();
  for (const membership of await membershipsAt(db, last, { userIds: members }))
    groupsOf.set(membership.userId, [
      ...(groupsOf.get(membership.userId) ?? []),
      membership.groupId as Id<'group'>,
    ]);
  return members.flatMap((userId) => {
    const groupIds = groupsOf.get(userId) ?? [];
    if (namesOf(former, groupIds) === namesOf(present, groupIds)) return [];
    const person = { id: userId, isActive: true, groupIds };
    const reaches = (client: Client): boolean =>
      [former, present].some((config) => mayUseClient({ config }, client, person));
    return [{ signal: groupSignal(event, userId), reaches }];
  });
};

/** What an event of the log means to receivers, and of whom it may be told to which. */
export const addressed = (ports: Ports, db: Database, placed: Placed): Promise<readonly Addressed[]> => {
  const groupId = groupChangedBy(placed.event);
  return groupId === null ? ofPerson(ports, placed) : ofMembers(ports, db, groupId, placed);
};
