import { loadDeleted, type DeletedObject } from '../../client/history.js';

/** What can be restored, page by page. */
export class DeletedObjects {
  #cursor: string | null = null;
  objects = $state.raw<readonly DeletedObject[]>([]);
  hasMore = $state(false);
  loading = $state(false);
  error = $state.raw<unknown>(null);

  async load(): Promise<void> {
    this.loading = true;
    this.error = null;
    try {
      const page = await loadDeleted(this.#cursor);
      this.objects = [...this.objects, ...page.nodes];
      this.#cursor = page.endCursor;
      this.hasMore = page.hasNextPage;
    } catch (error) {
      this.error = error;
    }
    this.loading = false;
  }
}
