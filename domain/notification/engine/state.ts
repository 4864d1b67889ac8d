import type { RulePlan } from './plan.js';

/** An entry that met a rule's condition, as far as it matters when the rule speaks. Times are milliseconds. */
export interface Sighting {
  readonly entryId: string;
  readonly at: number;
  /** What is counted and silenced apart; a digest, since it is stored and may come from personal data. */
  readonly group: string;
}

export const noticeKinds = ['entry', 'count', 'absence', 'digest', 'resolved'] as const;

/** Something to tell: the rule has spoken, or what it spoke of is over. */
export interface Notice {
  readonly kind: (typeof noticeKinds)[number];
  /** Names it among all of the rule's, the same however often it is worked out. */
  readonly id: string;
  readonly at: number;
  /** What belongs together for receivers that keep alarms open. */
  readonly group: string;
  /** The entry that brought it; null when it was the lack of one. */
  readonly entryId: string | null;
  /** The first of what a digest gathers. */
  readonly entryIds: readonly string[];
  /** How many entries it stands for. */
  readonly count: number;
}

interface GroupState {
  /** The newest times, oldest first, as many as the threshold asks for. */
  readonly times: readonly number[];
  readonly seenAt: number;
  readonly quietUntil: number | null;
  /** The entry that raised an alarm which has not ended; null while there is none. */
  readonly alarm: string | null;
}

/** What a rule remembers. Plain data, stored between entries. */
export interface RuleState {
  readonly groups: Readonly<Record<string, GroupState>>;
  readonly digest: {
    readonly dueAt: number;
    readonly entryIds: readonly string[];
    readonly count: number;
  } | null;
  /** Of rules on absence only: when it was last there, and whether its lack has been told. */
  readonly absence: { readonly lastAt: number; readonly told: string | null } | null;
}

/** A rule that begins at a moment. */
export const startOf = (plan: RulePlan, since: number): RuleState => ({
  groups: {},
  digest: null,
  absence: plan.trigger === 'absence' ? { lastAt: since, told: null } : null,
});

export const emptyGroup: GroupState = { times: [], seenAt: 0, quietUntil: null, alarm: null };

export type { GroupState };
