import { createSubscriber } from 'svelte/reactivity';

const tickMs = 30_000;

/** The present, which moves on while somebody looks at it. */
class Clock {
  readonly #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, tickMs);
    return () => clearInterval(timer);
  });

  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const clock = new Clock();
