import type { ReactorStep, Remembered } from '../../commands/delivery-ports.js';
import { sightingOf } from '../../commands/notification/sighting-of.js';
import type { Ports } from '../../commands/ports.js';
import { see } from '../../domain/notification/engine/advance.js';
import { isStateless, planOf, type RulePlan } from '../../domain/notification/engine/plan.js';
import type { Notice, RuleState } from '../../domain/notification/engine/state.js';
import { dueAt, passTime } from '../../domain/notification/engine/timers.js';
import { leadsSomewhere, rulesMetBy, type Rule } from '../../domain/notification/matching.js';
import { beginRule, planText, type RuleMemory } from '../../domain/notification/memory.js';
import { notificationRule } from '../../domain/notification/rule/model.js';
import type { AuditEntry } from '../../domain/audit/entry.js';
import { auditEntryOf } from '../../projections/audit/query.js';
import type { AuditRow } from '../../projections/audit/table.js';

/** A notice of a rule, with the entry that brought it. */
export interface Spoken {
  readonly rule: Rule;
  readonly notice: Notice;
  readonly entry: AuditEntry | null;
}

const noState: RuleState = { groups: {}, digest: null, absence: null };

/** Rules as they stand, and what they remember, while one step of the reactor looks at entries and at the time. */
export class Judge {
  readonly #ports: Ports;
  readonly #kept: ReadonlyMap<string, Remembered>;
  readonly #rules: ReadonlyMap<string, { readonly rule: Rule; readonly plan: RulePlan }>;
  readonly #memories = new Map<string, RuleMemory>();
  readonly #changed = new Set<string>();

  constructor(ports: Ports, kept: ReadonlyMap<string, Remembered>, after: bigint) {
    this.#ports = ports;
    this.#kept = kept;
    this.#rules = new Map(statefulRules(ports).map((rule) => [rule.id, { rule, plan: planOf(rule.values) }]));
    for (const [id, { rule, plan }] of this.#rules) {
      const fingerprint = ports.ids.sha256(planText(rule.values, plan));
      const memory = kept.get(id)?.state as RuleMemory | undefined;
      if (memory?.plan === fingerprint) this.#memories.set(id, memory);
      else this.#remember(id, beginRule(rule, fingerprint, after));
    }
  }

  #remember(id: string, memory: RuleMemory): void {
    this.#memories.set(id, memory);
    this.#changed.add(id);
  }

  /** What rules say of an entry. */
  see(row: AuditRow): readonly Spoken[] {
    const entry = auditEntryOf(row);
    const made = { at: new Date(row.at), position: BigInt(row.position) };
    return rulesMetBy(this.#ports.config, entry, made).flatMap((rule) => {
      const memory = this.#memories.get(rule.id);
      const plan = this.#rules.get(rule.id)?.plan ?? planOf(rule.values);
      const step = see(plan, memory?.state ?? noState, sightingOf(this.#ports, rule.values.groupBy, entry));
      if (memory) this.#remember(rule.id, { ...memory, state: step.state });
      return step.notices.map((notice) => ({ rule, notice, entry: notice.id === entry.id ? entry : null }));
    });
  }

  /** What rules say because time has passed. */
  pass(until: number): readonly Spoken[] {
    return [...this.#memories].flatMap(([id, memory]) => {
      const { rule, plan } = this.#rules.get(id)!;
      const { state, notices } = passTime(plan, memory.state, until);
      if (notices.length > 0) this.#remember(id, { ...memory, state });
      return notices.map((notice) => ({ rule, notice, entry: null }));
    });
  }

  /** When the first of them has something to say although nothing happens; null when none has. */
  get dueAt(): number | null {
    const times = [...this.#memories].map(([id, { state }]) => dueAt(this.#rules.get(id)!.plan, state));
    return times.reduce<number | null>(
      (first, time) => (time === null ? first : Math.min(first ?? time, time)),
      null,
    );
  }

  /** What has changed in memory; rules that are gone, off, or have nothing to remember any more are forgotten. */
  get memory(): NonNullable<ReactorStep['memory']> {
    const changes = new Map<string, Remembered | null>();
    for (const id of this.#kept.keys()) if (!this.#memories.has(id)) changes.set(id, null);
    for (const id of this.#changed) {
      const memory = this.#memories.get(id)!;
      const due = dueAt(this.#rules.get(id)!.plan, memory.state);
      changes.set(id, { state: memory, dueAt: due === null ? null : new Date(due) });
    }
    return changes;
  }
}

/** Enabled rules whose word depends on more than one entry. */
export const statefulRules = (ports: Ports): readonly Rule[] =>
  ports.config
    .all(notificationRule)
    .filter((rule) => rule.values.enabled && leadsSomewhere(rule) && !isStateless(planOf(rule.values)));
