import { ApiError } from '../../client/api-error.js';
import { problemText } from '../../messages/problem.js';

/** Work that the server does after a fresh login only: whether it is under way, and what stood against it. */
export class SensitiveWork {
  problem = $state<string | null>(null);
  /** The login is too long ago for this. */
  stale = $state(false);
  busy = $state(false);

  reset(): void {
    this.problem = null;
    this.stale = false;
  }

  /** Null when it was refused. */
  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.problem = null;
    try {
      return await work();
    } catch (error) {
      this.stale = error instanceof ApiError && error.code === 'STALE_AUTHENTICATION';
      this.problem = this.stale ? null : problemText(error);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
