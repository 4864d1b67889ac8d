import { hash, verify } from '@node-rs/argon2';
import { availableParallelism } from 'node:os';
import type { PasswordHasher } from '../../commands/ports.js';
import { DomainError } from '../../domain/kernel/errors.js';

const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const maxWaiting = 50;
const maxWaitMs = 1000;

/** One hash per core at a time; who waits longer than a second is turned away rather than kept. */
class Admission {
  #free = availableParallelism();
  readonly #waiting: {
    readonly admit: () => void;
    readonly refuse: (error: Error) => void;
    readonly timer: NodeJS.Timeout;
  }[] = [];

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    if (this.#waiting.length >= maxWaiting) return Promise.reject(new DomainError('RATE_LIMITED'));
    return new Promise((admit, refuse) => {
      const timer = setTimeout(() => {
        const index = this.#waiting.findIndex((place) => place.timer === timer);
        if (index >= 0) this.#waiting.splice(index, 1);
        refuse(new DomainError('RATE_LIMITED'));
      }, maxWaitMs);
      this.#waiting.push({ admit, refuse, timer });
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) {
      clearTimeout(next.timer);
      next.admit();
    } else this.#free += 1;
  }
}

/** Argon2id with 19 MiB, two passes, one lane (RFC 9106), on the thread pool. */
export const createArgon2Hasher = async (): Promise<PasswordHasher> => {
  const admission = new Admission();
  const decoy = await hash('decoy', parameters);
  return {
    hash: (password) => admission.run(() => hash(password, parameters)),
    verify: (stored, password) => admission.run(() => verify(stored, password)),
    verifyNothing: async (password) => {
      await admission.run(() => verify(decoy, password));
    },
  };
};
