import { loadDeliveries, type Delivery, type DeliveryFilter } from '../../client/deliveries.js';

/** Messages on their way or at their end, page by page. */
export class DeliveryList {
  #asked = 0;
  #cursor: string | null = null;
  rows = $state.raw<readonly Delivery[]>([]);
  hasMore = $state(false);
  loading = $state(true);
  error = $state.raw<unknown>(null);

  /** The newest under a filter. What is shown stays until the answer is there. */
  load(filter: DeliveryFilter): Promise<void> {
    this.#cursor = null;
    return this.#read(filter, []);
  }

  more(filter: DeliveryFilter): Promise<void> {
    return this.#read(filter, this.rows);
  }

  async #read(filter: DeliveryFilter, before: readonly Delivery[]): Promise<void> {
    const asked = (this.#asked += 1);
    this.loading = true;
    try {
      const page = await loadDeliveries(filter, this.#cursor);
      if (asked !== this.#asked) return;
      this.rows = [...before, ...page.nodes];
      this.#cursor = page.endCursor;
      this.hasMore = page.hasNextPage;
      this.error = null;
    } catch (error) {
      if (asked === this.#asked) this.error = error;
    }
    if (asked === this.#asked) this.loading = false;
  }
}
