import { loadSinkLags, type SinkLag } from '../../client/sinks.js';

const refreshMs = 5000;

/** How far sinks are behind: asked once for all rows of a list, as long as one of them is shown. */
class SinkLags {
  #lags = $state.raw<ReadonlyMap<string, SinkLag>>(new Map());
  #followers = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  of(id: string): SinkLag | undefined {
    return this.#lags.get(id);
  }

  /** Keeps asking until the returned function is called. */
  follow(): () => void {
    this.#followers += 1;
    if (this.#timer === null) {
      void this.#load();
      this.#timer = setInterval(() => {
        if (document.visibilityState === 'visible') void this.#load();
      }, refreshMs);
    }
    return () => {
      this.#followers -= 1;
      if (this.#followers > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  /** What cannot be asked for now stays as it was; the list itself tells that the server is away. */
  async #load(): Promise<void> {
    this.#lags = await loadSinkLags().catch(() => this.#lags);
  }
}

export const sinkLags = new SinkLags();
