import { loadMembers, type Member } from '../../client/people.js';

/** Direct members of one group, page by page. */
export class Members {
  readonly #group: string;
  #cursor: string | null = null;
  list = $state.raw<readonly Member[]>([]);
  hasMore = $state(false);
  loading = $state(true);
  error = $state.raw<unknown>(null);

  constructor(group: string) {
    this.#group = group;
  }

  /** Reads the next page. */
  async load(): Promise<void> {
    this.loading = true;
    this.error = null;
    try {
      const after = this.#cursor;
      const page = await loadMembers(this.#group, after);
      this.list = after === null ? page.nodes : [...this.list, ...page.nodes];
      this.#cursor = page.endCursor;
      this.hasMore = page.hasNextPage;
    } catch (error) {
      this.error = error;
    }
    this.loading = false;
  }

  /** Reads from the beginning: somebody came or went. */
  restart(): Promise<void> {
    this.#cursor = null;
    return this.load();
  }
}
