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

/** A part of what an event says: of people up to one, in the order of their ids. */
export interface AddressedPart {
  readonly signals: readonly Addressed[];
  readonly upTo: string;
}

/** What the parts are made of: at most so many people at once, and the configuration at a position. */
export interface Source {
  readonly ports: Ports;
  readonly db: Database;
  readonly people: number;
  readonly configAt: (position: bigint) => Promise<ConfigView>;
}

/** Reads the configuration before a command and after it once for all its events; the next command often begins there. */
export const rememberedConfig = (db: Database): Source['configAt'] => {
  const known = new Map<bigint, Promise<ConfigView>>();
  return (position) => {
    const config = known.get(position) ?? configAt(db, position);
    known.delete(position);
    known.set(position, config);
    if (known.size > 2) known.delete(known.keys().next().value!);
    return config;
  };
};

/** What an event says of the one person that it is about. */
async function* ofPerson(
  ports: Ports,
  { event, before, last }: Placed,
  after: string | null,
): AsyncGenerator<AddressedPart> {
  const signals = after === null ? signalsOf(event) : [];
  if (signals[0] === undefined) return;
  await ports.readModels.waitFor(last, readModelsMs, ['history', 'ssf']);
  const addressees = await Promise.all(
    signals.map(async (signal) => {
      const moments = await Promise.all([
        personAt(ports, signal.userId, before),
        personAt(ports, signal.userId, last),
      ]);
      return { signal, reaches: (client: Client) => couldUse(ports, client, moments) };
    }),
  );
  yield { signals: addressees, upTo: signals[0].userId };
}

const namesOf = (config: ConfigView, groupIds: readonly string[]): string =>
  JSON.stringify(
    [...effectiveGroups(groupTree(config), groupIds)]
      .flatMap((id) => config.get(group, id)?.values.name ?? [])
      .sort(),
  );

/** What the change of a group says of the active people in it and below it, as far as they are in other groups now. */
async function* ofMembers(
  { ports, db, people, configAt }: Source,
  groupId: string,
  { event, before, last }: Placed,
  after: string | null,
): AsyncGenerator<AddressedPart> {
  await ports.readModels.waitFor(last, readModelsMs, ['history', 'ssf', 'directory']);
  const [former, present] = await Promise.all([configAt(before), configAt(last)]);
  // A group that was deleted stands in the one only, one that was brought back in the other.
  const groups = [former, present].flatMap((config) => groupAndDescendants(groupTree(config), groupId));
  for (let told = after; ;) {
    const members = await ports.users.memberIds([...new Set(groups)], { after: told, limit: people });
    const upTo = members.at(-1);
    if (upTo === undefined) return;
    const groupsOf = new Map<string, Id<'group'>[]>();
    for (const membership of await membershipsAt(db, last, { userIds: members })) {
      const known = groupsOf.get(membership.userId) ?? [];
      known.push(membership.groupId as Id<'group'>);
      groupsOf.set(membership.userId, known);
    }
    const signals = members.flatMap((userId) => {
      const groupIds = groupsOf.get(userId) ?? [];
      if (namesOf(former, groupIds) === namesOf(present, groupIds)) return [];
      const person = { id: userId, isActive: true, groupIds };
      const reaches = (client: Client): boolean =>
        [former, present].some((config) => mayUseClient({ config }, client, person));
      return [{ signal: groupSignal(event, userId), reaches }];
    });
    yield { signals, upTo };
    told = upTo;
  }
}

/**
 * What an event of the log means to receivers, and of whom it may be told to which: part by part, because a group may have any
 * number of people. `after`: the person up to whom it has been told already.
 */
export const addressed = (
  source: Source,
  placed: Placed,
  after: string | null,
): AsyncIterable<AddressedPart> => {
  const groupId = groupChangedBy(placed.event);
  return groupId === null ? ofPerson(source.ports, placed, after) : ofMembers(source, groupId, placed, after);
};
