import { DomainError } from '../domain/kernel/errors.js';

interface Waiter {
  readonly position: bigint;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Those who wait until a group shows a position. */
export class Waiters {
  #waiters: Waiter[] = [];

  get isEmpty(): boolean {
    return this.#waiters.length === 0;
  }

  /** Throws `PROJECTION_BEHIND` after the time. */
  add(position: bigint, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(new DomainError('PROJECTION_BEHIND'));
      }, timeoutMs);
      const settle =
        <Arguments extends unknown[]>(then: (...given: Arguments) => void) =>
        (...given: Arguments): void => {
          clearTimeout(timer);
          then(...given);
        };
      const waiter: Waiter = { position, resolve: settle(resolve), reject: settle(reject) };
      this.#waiters.push(waiter);
    });
  }

  resolveTo(position: bigint): void {
    for (const waiter of this.#take((waiting) => waiting <= position)) waiter.resolve();
  }

  rejectFrom(position: bigint, error: Error): void {
    for (const waiter of this.#take((waiting) => waiting >= position)) waiter.reject(error);
  }

  #take(due: (position: bigint) => boolean): readonly Waiter[] {
    const taken = this.#waiters.filter((waiter) => due(waiter.position));
    if (taken.length > 0) this.#waiters = this.#waiters.filter((waiter) => !due(waiter.position));
    return taken;
  }
}
