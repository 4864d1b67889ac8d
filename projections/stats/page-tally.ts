import { auditFactOf } from '../../domain/audit/actions.js';
import type { AuditAction, AuditFact, Outcome } from '../../domain/audit/fact.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { Scope } from './table.js';

const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Events that make one entry of the event log stand this close together. */
const mergedWithin = 1000;

/** What is counted: the actions of the event log, and users that came to be, whatever made them. */
export type CountedAction = AuditAction | 'user_created';

export interface TallyRow {
  readonly scope: Scope;
  readonly scope_id: string;
  readonly at: string;
  readonly action: CountedAction;
  readonly outcome: Outcome;
  count: number;
}

export interface UseRow {
  readonly user_id: string;
  readonly application_id: string;
  readonly day: string;
  count: number;
  at: string;
}

/** The entry of the event log that an event is part of. */
export const mergeKeyOf = (event: RecordedEvent, { action, target }: AuditFact): string =>
  `${event.meta.commandId} ${action} ${target?.type ?? ''} ${target?.id ?? event.id}`;

const usersConcerned = ({ meta }: RecordedEvent, { target }: AuditFact): ReadonlySet<string> =>
  new Set([
    ...(meta.actor.type === 'user' ? [meta.actor.id] : []),
    ...(meta.onBehalfOf === null ? [] : [meta.onBehalfOf.id]),
    ...(target?.type === 'user' ? [target.id] : []),
  ]);

/** Attempts that were folded into one entry count each. */
const weightOf = ({ type, data }: RecordedEvent): number =>
  type === 'activity.login.failed' ? (data as { count: number }).count : 1;

/** What one page of events adds to the counts. Pure: the same for any division of the log into pages. */
export class PageTally {
  readonly #keptMs: number;
  readonly #rows = new Map<string, TallyRow>();
  readonly #uses = new Map<string, UseRow>();
  readonly #merged: Map<string, number>;
  readonly #erased = new Set<string>();
  readonly #oldestBeforeMs: number;
  #newestMs: number;
  #position = 0;

  /** Begins with the entries counted lately and the time of the newest event so far. */
  constructor(keptDays: number, merged: ReadonlyMap<string, number>, newestMs: number) {
    this.#keptMs = keptDays * dayMs;
    this.#merged = new Map(merged);
    this.#newestMs = newestMs;
    this.#oldestBeforeMs = this.oldestMs;
  }

  get rows(): readonly TallyRow[] {
    return [...this.#rows.values()].filter(({ at }) => Date.parse(at) >= this.oldestMs);
  }

  get uses(): readonly UseRow[] {
    return [...this.#uses.values()];
  }

  /** Entries that events to come may still be part of. */
  get merged(): readonly { merge_key: string; position: number }[] {
    return [...this.#merged]
      .filter(([, position]) => position >= this.mergedFrom)
      .map(([merge_key, position]) => ({ merge_key, position }));
  }

  get mergedFrom(): number {
    return this.#position - mergedWithin;
  }

  /** Users whose counts from before the page are to go. */
  get erased(): readonly string[] {
    return [...this.#erased];
  }

  get newest(): string {
    return new Date(this.#newestMs).toISOString();
  }

  /** Begin of the first day that is kept. */
  get oldestMs(): number {
    return Math.floor(this.#newestMs / dayMs) * dayMs - this.#keptMs;
  }

  /** Whether days that were kept before the page are not any more. */
  get hasOutgrown(): boolean {
    return this.oldestMs > this.#oldestBeforeMs;
  }

  add(event: RecordedEvent, fact: AuditFact | null): void {
    this.#position = Number(event.position);
    this.#newestMs = Math.max(this.#newestMs, event.at.getTime());
    if (fact && this.#isNew(mergeKeyOf(event, fact))) this.#count(event, fact);
  }

  /** Forgets a user: what concerns him from here on counts anew. */
  erase(user: string): void {
    this.#erased.add(user);
    for (const [key, row] of this.#rows)
      if (row.scope === 'user' && row.scope_id === user) this.#rows.delete(key);
    for (const [key, use] of this.#uses) if (use.user_id === user) this.#uses.delete(key);
  }

  #isNew(key: string): boolean {
    const counted = this.#merged.get(key);
    if (counted !== undefined && this.#position - counted <= mergedWithin) return false;
    this.#merged.set(key, this.#position);
    return true;
  }

  #count(event: RecordedEvent, fact: AuditFact): void {
    if (event.at.getTime() < this.oldestMs) return;
    const weight = weightOf(event);
    const scopes: (readonly [Scope, string])[] = [
      ['all', ''],
      ...[...usersConcerned(event, fact)].map((id) => ['user', id] as const),
      ...(fact.target?.type === 'application' ? [['application', fact.target.id] as const] : []),
    ];
    for (const [scope, id] of scopes) {
      this.#addTo(scope, id, event.at, fact.action, fact.outcome, weight);
      if (event.type === 'user.created') this.#addTo(scope, id, event.at, 'user_created', 'success', 1);
    }
    if (event.type === 'activity.application.authorized') this.#addUse(event);
  }

  #addTo(
    scope: Scope,
    id: string,
    moment: Date,
    action: CountedAction,
    outcome: Outcome,
    weight: number,
  ): void {
    const at = new Date(Math.floor(moment.getTime() / hourMs) * hourMs).toISOString();
    const key = `${scope} ${id} ${at} ${action} ${outcome}`;
    const row = this.#rows.get(key);
    if (row) row.count += weight;
    else this.#rows.set(key, { scope, scope_id: id, at, action, outcome, count: weight });
  }

  #addUse({ data, at }: RecordedEvent): void {
    const { userId, applicationId } = data as { userId: string; applicationId: string };
    const moment = at.toISOString();
    const day = moment.slice(0, 10);
    const key = `${userId} ${applicationId} ${day}`;
    const use = this.#uses.get(key);
    if (use) {
      use.count += 1;
      if (moment > use.at) use.at = moment;
    } else this.#uses.set(key, { user_id: userId, application_id: applicationId, day, count: 1, at: moment });
  }
}

/** Events with the facts that they stand for. */
export const withFacts = (
  events: readonly RecordedEvent[],
): readonly { event: RecordedEvent; fact: AuditFact | null }[] =>
  events.map((event) => ({ event, fact: auditFactOf(event) }));
