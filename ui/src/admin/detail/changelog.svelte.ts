import type { AuditEntry } from '../events/entry.js';
import type { Listing } from '../model/listing.js';
import { loadHistory } from '../model/objects.js';

/** What happened to one object, page by page. */
export class Changelog {
  readonly #listing: Listing;
  readonly #id: string;
  #cursor: string | null = null;
  entries = $state.raw<readonly AuditEntry[]>([]);
  hasMore = $state(true);
  loading = $state(false);
  error = $state.raw<unknown>(null);

  constructor(listing: Listing, id: string) {
    this.#listing = listing;
    this.#id = id;
  }

  /** Starts again from the newest. */
  async reload(): Promise<void> {
    this.#cursor = null;
    this.entries = [];
    await this.load();
  }

  async load(): Promise<void> {
    this.loading = true;
    this.error = null;
    try {
      const page = await loadHistory(this.#listing, this.#id, this.#cursor);
      this.entries = [...this.entries, ...page.nodes];
      this.#cursor = page.endCursor;
      this.hasMore = page.hasNextPage;
    } catch (error) {
      this.error = error;
    }
    this.loading = false;
  }
}
