import type { RulePlan } from './plan.js';
import type { Notice, RuleState } from './state.js';

interface Timer {
  readonly at: number;
  readonly fire: (state: RuleState) => { readonly state: RuleState; readonly notice: Notice };
}

/** When so few are left in the window that the threshold is not reached any more. */
export const clearsAt = (plan: RulePlan, times: readonly number[]): number =>
  (times.at(-plan.threshold) ?? 0) + plan.windowMs;

const digestTimer = (digest: NonNullable<RuleState['digest']>): Timer => ({
  at: digest.dueAt,
  fire: (state) => ({
    state: { ...state, digest: null },
    notice: {
      kind: 'digest',
      id: `digest/${String(digest.dueAt)}`,
      at: digest.dueAt,
      group: '',
      entryId: digest.entryIds.at(-1) ?? null,
      entryIds: digest.entryIds,
      count: digest.count,
    },
  }),
});

const absenceTimer = (at: number): Timer => ({
  at,
  fire: (state) => ({
    state: { ...state, absence: { lastAt: at, told: `absence/${String(at)}` } },
    notice: {
      kind: 'absence',
      id: `absence/${String(at)}`,
      at,
      group: '',
      entryId: null,
      entryIds: [],
      count: 0,
    },
  }),
});

const clearTimer = (at: number, group: string, alarm: string): Timer => ({
  at,
  fire: (state) => ({
    state: {
      ...state,
      groups: { ...state.groups, [group]: { ...state.groups[group]!, alarm: null } },
    },
    notice: { kind: 'resolved', id: `resolved/${alarm}`, at, group, entryId: alarm, entryIds: [], count: 0 },
  }),
});

/** What is due next without another entry; null when nothing is. */
const nextTimer = (plan: RulePlan, state: RuleState): Timer | null => {
  const timers: Timer[] = [];
  if (state.digest) timers.push(digestTimer(state.digest));
  if (state.absence?.told === null) timers.push(absenceTimer(state.absence.lastAt + plan.windowMs));
  if (plan.trigger === 'count')
    for (const [group, { times, alarm }] of Object.entries(state.groups))
      if (alarm !== null) timers.push(clearTimer(clearsAt(plan, times), group, alarm));
  return timers.reduce<Timer | null>((first, timer) => (first && first.at <= timer.at ? first : timer), null);
};

/** When a rule has something to do without another entry; null when never. */
export const dueAt = (plan: RulePlan, state: RuleState): number | null => nextTimer(plan, state)?.at ?? null;

/** Everything that is due up to a moment, in order. */
export const passTime = (
  plan: RulePlan,
  before: RuleState,
  until: number,
): { readonly state: RuleState; readonly notices: readonly Notice[] } => {
  const notices: Notice[] = [];
  let state = before;
  for (;;) {
    const timer = nextTimer(plan, state);
    if (!timer || timer.at > until) return { state, notices };
    const fired = timer.fire(state);
    state = fired.state;
    notices.push(fired.notice);
  }
};
