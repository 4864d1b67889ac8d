import { follow, query } from '../../client/api.js';
import type { VariablesOf } from '../../client/environment.js';
import { live } from '../../client/live.svelte.js';
import { appendedDocument, entriesDocument, type AuditEntry } from './entry.js';

export type EntryFilter = NonNullable<VariablesOf<typeof entriesDocument>['filter']>;

export interface FeedQuestion {
  readonly filter: EntryFilter;
  readonly from: string | null;
  readonly to: string | null;
  readonly size: number;
}

const newerFirst = (a: AuditEntry, b: AuditEntry): number =>
  BigInt(a.position) < BigInt(b.position) ? 1 : BigInt(a.position) > BigInt(b.position) ? -1 : 0;

/** Entries without repetition, newest first. What came later in the list of arguments wins. */
const merged = (...lists: readonly (readonly AuditEntry[])[]): readonly AuditEntry[] =>
  [...new Map(lists.flat().map((entry) => [entry.id, entry])).values()].sort(newerFirst);

/**
 * Entries of the event log under a filter: older ones page by page, new ones as they happen. While `held` says so, new
 * ones wait until somebody asks for them.
 */
export class EventFeed {
  readonly #question: FeedQuestion;
  readonly #held: () => boolean;
  #cursor: string | null = null;
  entries = $state.raw<readonly AuditEntry[]>([]);
  waiting = $state.raw<readonly AuditEntry[]>([]);
  /** Entries that came in while the page was open. */
  fresh = $state.raw<ReadonlySet<string>>(new Set());
  hasMore = $state(false);
  loading = $state(true);
  error = $state.raw<unknown>(null);

  constructor(question: FeedQuestion, held: () => boolean = () => false) {
    this.#question = question;
    this.#held = held;
  }

  /** Reads the first page and follows the log until the returned function is called. */
  start(): () => void {
    void this.more();
    if (this.#question.to !== null) return () => undefined;
    const unfollow = follow(appendedDocument, { filter: this.#question.filter }, ({ auditEntryAppended }) =>
      this.#receive([auditEntryAppended]),
    );
    const forget = live.onResumed(() => void this.#catchUp());
    return () => {
      unfollow();
      forget();
    };
  }

  /** Reads the next older page. */
  async more(): Promise<void> {
    this.loading = true;
    this.error = null;
    try {
      const page = await this.#read(this.#cursor);
      this.entries = merged(page.nodes, this.entries);
      this.#cursor = page.endCursor;
      this.hasMore = page.hasNextPage;
    } catch (error) {
      this.error = error;
    }
    this.loading = false;
  }

  /** Shows the entries that have been waiting. */
  release(): void {
    this.#insert(this.waiting);
    this.waiting = [];
  }

  /** The connection was away: one look tells what was missed. */
  async #catchUp(): Promise<void> {
    const page = await this.#read(null).catch(() => null);
    const known = new Set(this.entries.map(({ id }) => id));
    if (page) this.#receive(page.nodes.filter(({ id }) => !known.has(id)));
  }

  async #read(after: string | null) {
    const { filter, from, to, size } = this.#question;
    return (await query(entriesDocument, { filter, from, to, after, first: size })).auditEntries;
  }

  #receive(entries: readonly AuditEntry[]): void {
    if (entries.length === 0) return;
    if (this.#held()) this.waiting = merged(this.waiting, entries);
    else this.#insert(entries);
  }

  #insert(entries: readonly AuditEntry[]): void {
    this.fresh = new Set([...this.fresh, ...entries.map(({ id }) => id)]);
    this.entries = merged(this.entries, entries);
  }
}
