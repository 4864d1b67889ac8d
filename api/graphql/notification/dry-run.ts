import { sightingOf } from '../../../commands/notification/sighting-of.js';
import type { Ports } from '../../../commands/ports.js';
import { runRule } from '../../../domain/notification/engine/advance.js';
import { isStateless, planOf, type RulePlan } from '../../../domain/notification/engine/plan.js';
import { startOf, type Notice } from '../../../domain/notification/engine/state.js';
import { causedByNotification, wasThere, type Rule } from '../../../domain/notification/matching.js';
import { planText, type RuleMemory } from '../../../domain/notification/memory.js';
import type { RuleDraft } from '../../../domain/notification/rule/draft.js';
import { auditEntryOf } from '../../../projections/audit/query.js';
import type { AuditRow } from '../../../projections/audit/table.js';
import { entriesMeeting, ruleMemory } from '../../../projections/notification/query.js';
import type { Database } from '../../../projections/projection.js';

const pageSize = 1000;
const maxEntries = 50_000;
const maxSamples = 50;

export interface DryRunWindow {
  readonly from: Date;
  readonly to: Date;
}

export interface DryRun {
  readonly matches: number;
  /** What the rule would have said, in order. */
  readonly notices: readonly Notice[];
  readonly perDay: readonly {
    readonly day: string;
    readonly matches: number;
    readonly notifications: number;
  }[];
  /** The newest entries that met it. */
  readonly samples: readonly AuditRow[];
  /** False when there were more entries than it looks at. */
  readonly complete: boolean;
}

interface Start {
  readonly since: number;
  readonly after: bigint;
  readonly admits: (row: AuditRow) => boolean;
}

/** How far back what a plan says can reach. */
const reachMs = (plan: RulePlan): number =>
  (plan.trigger === 'entry' ? 0 : plan.windowMs) + (plan.suppressMs ?? 0) + (plan.digestMs ?? 0);

/**
 * Where the run begins. For a rule that is at work as it stands here, where the live engine began, so that both say the
 * same; for any other, so far before the window that nothing older reaches into it.
 */
const startFor = async (
  ports: Ports,
  db: Database,
  draft: RuleDraft,
  stored: Rule | null,
  from: number,
): Promise<Start> => {
  const plan = planOf(draft);
  const hypothetical: Start = { since: from - reachMs(plan), after: 0n, admits: () => true };
  if (!stored || isStateless(plan)) return hypothetical;
  const memory = (await ruleMemory(db, stored.id)) as RuleMemory | null;
  if (memory?.plan !== ports.ids.sha256(planText(draft, plan)) || memory.since > from) return hypothetical;
  return {
    since: memory.since,
    after: BigInt(memory.after),
    admits: (row) => wasThere(stored, { at: new Date(row.at), position: BigInt(row.position) }),
  };
};

/** Whatever met the condition, up to a limit; what delivering caused is left out as it is live. */
const readEntries = async (
  db: Database,
  draft: RuleDraft,
  start: Start,
  to: Date,
): Promise<{ readonly rows: readonly AuditRow[]; readonly complete: boolean }> => {
  const rows: AuditRow[] = [];
  // Clocks of processes differ: an entry a little older than the rule may stand behind it.
  const from = new Date(start.after > 0n ? 0 : start.since);
  let after = start.after;
  for (;;) {
    const page = await entriesMeeting(db, { condition: draft.when, from, to, after, limit: pageSize });
    for (const row of page) if (!causedByNotification(auditEntryOf(row)) && start.admits(row)) rows.push(row);
    const last = page.at(-1);
    if (page.length < pageSize || !last) return { rows, complete: true };
    if (rows.length >= maxEntries) return { rows, complete: false };
    after = BigInt(last.position);
  }
};

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const daysOf = ({ from, to }: DryRunWindow): string[] => {
  const days: string[] = [];
  for (let at = Date.parse(dayOf(from.getTime())); at < to.getTime(); at += 86_400_000) days.push(dayOf(at));
  return days;
};

const countedBy = (times: readonly number[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const at of times) counts.set(dayOf(at), (counts.get(dayOf(at)) ?? 0) + 1);
  return counts;
};

/** Runs a rule over what has happened: what it would have said, and for a rule at work what it has said. */
export const dryRun = async (
  ports: Ports,
  db: Database,
  draft: RuleDraft,
  stored: Rule | null,
  window: DryRunWindow,
): Promise<DryRun> => {
  const plan = planOf(draft);
  const from = window.from.getTime();
  const until = Math.min(window.to.getTime(), ports.clock.now().getTime());
  const start = await startFor(ports, db, draft, stored, from);
  const { rows, complete } = await readEntries(db, draft, start, window.to);
  const sightings = rows.map((row) => sightingOf(ports, draft.groupBy, auditEntryOf(row)));
  const notices = runRule(plan, startOf(plan, start.since), sightings, until).filter(
    ({ at, kind }) => at >= from && kind !== 'resolved',
  );
  const met = rows.filter((row) => new Date(row.at).getTime() >= from);
  const matchesOn = countedBy(met.map((row) => new Date(row.at).getTime()));
  const noticesOn = countedBy(notices.map(({ at }) => at));
  return {
    matches: met.length,
    notices,
    perDay: daysOf(window).map((day) => ({
      day,
      matches: matchesOn.get(day) ?? 0,
      notifications: noticesOn.get(day) ?? 0,
    })),
    samples: met.slice(-maxSamples).reverse(),
    complete,
  };
};
