import type { RecordedEvent } from '../../domain/kernel/event.js';

interface Entry<T> {
  readonly value: T;
  readonly subjects: readonly string[];
}

const maxEntries = 50_000;

/**
 * What a cookie or key stands for, remembered until an event concerns it: a session, a token, a user, a membership.
 * A change of a group forgets everything, since it may change anybody's rights.
 */
export class CredentialCache {
  readonly #entries = new Map<string, Entry<unknown>>();
  readonly #keysOfSubject = new Map<string, Set<string>>();
  #changes = 0;

  /** Fed by this process's tail of the log. */
  apply(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      const category = event.type.slice(0, event.type.indexOf('.'));
      if (category === 'group') this.clear();
      else if (category === 'session' || category === 'token' || category === 'grant')
        this.#forget(event.stream.slice(category.length + 1));
      else if (category === 'user' || category === 'membership')
        this.#forget((event.data as { userId?: string }).userId ?? '');
      else if (event.type === 'activity.token.revoked')
        this.#forget((event.data as { tokenId: string }).tokenId);
    }
  }

  /** The remembered value, or the loaded one. What changes while it is being loaded is not remembered. */
  async resolve<T>(
    key: string,
    load: () => Promise<T | null>,
    subjectsOf: (value: T) => readonly string[],
  ): Promise<T | null> {
    const known = this.#entries.get(key);
    if (known) return known.value as T;
    const before = this.#changes;
    const value = await load();
    if (value !== null && before === this.#changes) this.#remember(key, value, subjectsOf(value));
    return value;
  }

  #remember(key: string, value: unknown, subjects: readonly string[]): void {
    if (this.#entries.size >= maxEntries) this.clear();
    this.#entries.set(key, { value, subjects });
    for (const subject of subjects) {
      const keys = this.#keysOfSubject.get(subject) ?? new Set<string>();
      this.#keysOfSubject.set(subject, keys.add(key));
    }
  }

  #forget(subject: string): void {
    this.#changes += 1;
    for (const key of this.#keysOfSubject.get(subject) ?? []) {
      for (const other of this.#entries.get(key)?.subjects ?? [])
        if (other !== subject) this.#keysOfSubject.get(other)?.delete(key);
      this.#entries.delete(key);
    }
    this.#keysOfSubject.delete(subject);
  }

  /** Forgets everything, when it may come from rows that are no more. */
  clear(): void {
    this.#changes += 1;
    this.#entries.clear();
    this.#keysOfSubject.clear();
  }
}
