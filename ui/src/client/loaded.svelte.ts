/**
 * What a page asks the server for. It asks again when something that the question reads has changed; until the answer is
 * there the one before stays. To be made while a component is set up.
 */
export class Loaded<T> {
  readonly #ask: () => Promise<T>;
  #asked = 0;
  #answer = $state.raw<T | null>(null);
  #error = $state.raw<unknown>(null);
  #loading = $state(true);

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
    $effect(() => {
      void this.reload();
    });
  }

  get data(): T | null {
    return this.#answer;
  }

  get error(): unknown {
    return this.#error;
  }

  get loading(): boolean {
    return this.#loading;
  }

  async reload(): Promise<void> {
    const asked = (this.#asked += 1);
    this.#loading = true;
    try {
      const answer = await this.#ask();
      if (asked !== this.#asked) return;
      this.#answer = answer;
      this.#error = null;
    } catch (error) {
      if (asked === this.#asked) this.#error = error;
    }
    if (asked === this.#asked) this.#loading = false;
  }
}
