import { z } from 'zod';

const mask = '********';

/** A secret in memory. Its text, JSON and inspection forms are a mask; only `reveal()` gives the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return mask;
  }
}

/** What an event says of a secret: where the vault holds it. Never the value. */
export interface SecretRef {
  readonly ref: string;
  readonly version: number;
  /** Keyed digest that shows whether two versions are equal; null for passwords chosen by people. */
  readonly fingerprint: string | null;
}

export const secretRef: z.ZodType<SecretRef> = z.strictObject({
  ref: z.string(),
  version: z.int(),
  fingerprint: z.string().nullable(),
});
