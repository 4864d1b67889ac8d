import type { RulePlan } from './plan.js';
import { emptyGroup, type GroupState, type Notice, type RuleState, type Sighting } from './state.js';
import { clearsAt, passTime } from './timers.js';

const maxTimes = 20_000;
const minGroups = 10;
const maxDigestEntries = 50;

export interface Advanced {
  readonly state: RuleState;
  readonly notices: readonly Notice[];
}

/** So many groups are remembered; those not seen for longest are forgotten first. */
const maxGroups = (plan: RulePlan): number =>
  Math.max(minGroups, Math.floor(maxTimes / (plan.trigger === 'count' ? plan.threshold : 4)));

const isIdle = (plan: RulePlan, { times, quietUntil, alarm }: GroupState, now: number): boolean =>
  alarm === null &&
  (quietUntil === null || quietUntil <= now) &&
  (times.length === 0 || times[times.length - 1]! <= now - plan.windowMs);

/** Groups without those that have nothing to remember, and within the limit. */
const tidied = (plan: RulePlan, groups: RuleState['groups'], now: number): RuleState['groups'] => {
  const limit = maxGroups(plan);
  if (Object.keys(groups).length <= limit) return groups;
  const kept = Object.entries(groups)
    .filter(([, group]) => !isIdle(plan, group, now))
    .sort(([a, one], [b, other]) => other.seenAt - one.seenAt || (a < b ? -1 : 1));
  // Half, so that a flood of new groups is not tidied up after at each entry.
  return Object.fromEntries(kept.slice(0, Math.ceil(limit / 2)));
};

/** Lets a notice out, or keeps it for the digest. */
const tell = (plan: RulePlan, state: RuleState, notice: Notice): Advanced => {
  if (plan.digestMs === null) return { state, notices: [notice] };
  const digest = state.digest ?? { dueAt: notice.at + plan.digestMs, entryIds: [], count: 0 };
  const entryIds =
    notice.entryId === null || digest.entryIds.length >= maxDigestEntries
      ? digest.entryIds
      : [...digest.entryIds, notice.entryId];
  return { state: { ...state, digest: { ...digest, entryIds, count: digest.count + 1 } }, notices: [] };
};

const seeAbsent = (state: RuleState, { entryId, at }: Sighting): Advanced => {
  const { lastAt, told } = state.absence!;
  return {
    state: { ...state, absence: { lastAt: Math.max(lastAt, at), told: null } },
    notices:
      told === null
        ? []
        : [{ kind: 'resolved', id: `resolved/${told}`, at, group: '', entryId, entryIds: [], count: 0 }],
  };
};

const seeOne = (plan: RulePlan, state: RuleState, sighting: Sighting): Advanced => {
  const { entryId, at, group } = sighting;
  const before = state.groups[group] ?? emptyGroup;
  const times =
    plan.trigger === 'count'
      ? [...before.times, at].sort((a, b) => a - b).slice(-plan.threshold)
      : before.times;
  const met = plan.trigger === 'entry' || (times.length === plan.threshold && clearsAt(plan, times) > at);
  const quiet = before.quietUntil !== null && at < before.quietUntil;
  // An alarm that lasts is told again only where a time of silence says how often.
  const speaks = met && !quiet && (before.alarm === null || plan.suppressMs !== null);
  const after: GroupState = {
    times,
    seenAt: at,
    quietUntil: speaks && plan.suppressMs !== null ? at + plan.suppressMs : before.quietUntil,
    alarm: plan.trigger === 'count' ? (before.alarm ?? (speaks ? entryId : null)) : null,
  };
  const seen =
    plan.trigger === 'entry' && plan.suppressMs === null
      ? state
      : { ...state, groups: tidied(plan, { ...state.groups, [group]: after }, at) };
  if (!speaks) return { state: seen, notices: [] };
  return tell(plan, seen, {
    kind: plan.trigger === 'count' ? 'count' : 'entry',
    id: entryId,
    at,
    group,
    entryId,
    entryIds: [],
    count: plan.trigger === 'count' ? times.length : 1,
  });
};

/** What a rule makes of an entry: first of the time that has passed until then, then of the entry itself. */
export const see = (plan: RulePlan, before: RuleState, sighting: Sighting): Advanced => {
  const passed = passTime(plan, before, sighting.at);
  const seen =
    plan.trigger === 'absence' ? seeAbsent(passed.state, sighting) : seeOne(plan, passed.state, sighting);
  return { state: seen.state, notices: [...passed.notices, ...seen.notices] };
};

/**
 * Everything that a rule says of entries in their order and of the time until a moment. The live engine takes the same
 * steps one by one and says the same.
 */
export const runRule = (
  plan: RulePlan,
  start: RuleState,
  sightings: Iterable<Sighting>,
  until: number,
): readonly Notice[] => {
  const notices: Notice[] = [];
  let state = start;
  for (const sighting of sightings) {
    const step = see(plan, state, sighting);
    state = step.state;
    notices.push(...step.notices);
  }
  return [...notices, ...passTime(plan, state, until).notices];
};
