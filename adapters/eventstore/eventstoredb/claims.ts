import { randomUUID } from 'node:crypto';
import { jsonEvent } from '@eventstore/db-client';
import type { AppendBatch, ClaimOperation } from '../../../commands/ports.js';
import { ClaimTaken, OutcomeUnknown, WrongVersion } from '../../../domain/kernel/store-errors.js';
import type { Connection } from './connection.js';
import type { Intents } from './intents.js';
import type { Streams } from './streams.js';

const maxTries = 10;

/** The append that a claim belongs to: the claim holds when the append does. */
export interface Evidence {
  readonly intent: string;
  readonly stream: string;
  readonly revision: number;
  readonly firstId: string;
}

interface Taken {
  readonly stream: string;
  readonly evidence: Evidence;
  /** Who held it, should the append of this one fail. */
  readonly previous: Taken | null;
}

interface Holder {
  /** What the value is held by; its own append may have come long before the last one that wanted it. */
  readonly taken: Taken;
  readonly certain: boolean;
}

const isPassedOn = (claim: ClaimOperation, { taken, certain }: Holder, { claims }: AppendBatch): boolean =>
  certain &&
  claims.some((other) => other.op === 'release' && same(other, claim) && other.stream === taken.stream);

const streamOf = ({ kind, hash }: ClaimOperation): string => `claim-${kind}.${hash}`;
/** A repeated decision has the same ids and may stand elsewhere: it is another append. */
const isSame = (one: Evidence, other: Evidence): boolean =>
  one.intent === other.intent &&
  one.stream === other.stream &&
  one.revision === other.revision &&
  one.firstId === other.firstId;
const same = (one: ClaimOperation, other: ClaimOperation): boolean =>
  one.kind === other.kind && one.hash === other.hash;

/**
 * Uniqueness by one stream a value. A value is taken before the append that needs it, and names that append: when the
 * append turns out never to have happened, the value is as free as if it had never been taken.
 */
export class Claims {
  readonly #connection: Connection;
  readonly #streams: Streams;
  readonly #intents: Pick<Intents, 'exists'>;

  constructor(connection: Connection, streams: Streams, intents: Pick<Intents, 'exists'>) {
    this.#connection = connection;
    this.#streams = streams;
    this.#intents = intents;
  }

  /** Takes all values of a batch. Throws `ClaimTaken`. */
  async take(batch: AppendBatch, evidence: Evidence): Promise<void> {
    for (const claim of batch.claims) if (claim.op === 'take') await this.#take(claim, batch, evidence);
  }

  async #take(claim: ClaimOperation, batch: AppendBatch, evidence: Evidence): Promise<void> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const { taken, revision } = await this.#last(claim);
      if (taken?.stream === claim.stream && isSame(taken.evidence, evidence)) return;
      const holder = await this.#holderOf(taken);
      if (holder && holder.taken.stream !== claim.stream && !isPassedOn(claim, holder, batch))
        throw new ClaimTaken(claim.kind);
      const previous = holder && (holder.certain ? { ...holder.taken, previous: null } : holder.taken);
      const next: Taken = { stream: claim.stream, evidence, previous };
      if (await this.#write(claim, revision, 'claim.taken', next)) return;
    }
    throw new OutcomeUnknown(new Error(`claims of kind ${claim.kind} move all the time`));
  }

  /** Frees what a stored batch gives up. */
  async release(batch: AppendBatch, evidence: Evidence): Promise<void> {
    for (const claim of batch.claims) {
      if (claim.op !== 'release') continue;
      if (batch.claims.some((other) => other.op === 'take' && same(other, claim))) continue;
      for (let tries = 0; tries < maxTries; tries += 1) {
        const { taken, revision } = await this.#last(claim);
        const holder = await this.#holderOf(taken);
        // A later append of the same stream may have taken it again.
        const held = holder?.taken;
        const later = held?.evidence.stream === evidence.stream && held.evidence.revision > evidence.revision;
        if (held?.stream !== claim.stream || later) break;
        if (await this.#write(claim, revision, 'claim.released', {})) break;
      }
    }
  }

  /** The stream that holds a value; null when it is free. */
  async holder(claim: ClaimOperation): Promise<string | null> {
    const { taken } = await this.#last(claim);
    return (await this.#holderOf(taken))?.taken.stream ?? null;
  }

  /** Records a claim that holds already, by what its stream began with. */
  async adopt(claim: ClaimOperation, evidence: Evidence): Promise<void> {
    const { taken, revision } = await this.#last(claim);
    if ((await this.#holderOf(taken))?.taken.stream === claim.stream) return;
    await this.#write(claim, revision, 'claim.taken', { stream: claim.stream, evidence, previous: null });
  }

  async #last(claim: ClaimOperation): Promise<{ taken: Taken | null; revision: number }> {
    const last = await this.#streams.last(streamOf(claim));
    return {
      taken: last?.type === 'claim.taken' ? (last.data as unknown as Taken) : null,
      revision: last ? Number(last.revision) : -1,
    };
  }

  async #holderOf(taken: Taken | null): Promise<Holder | null> {
    if (!taken) return null;
    const { stream, revision, firstId, intent } = taken.evidence;
    const fate = await this.#streams.fateOf(stream, revision, firstId);
    if (fate === 'stored') return { taken, certain: true };
    if (fate === 'open') {
      if (await this.#intents.exists(intent)) return { taken, certain: false };
      // Whoever worked at it has ended since: in success, or it never will be.
      if ((await this.#streams.fateOf(stream, revision, firstId)) === 'stored')
        return { taken, certain: true };
    }
    return this.#holderOf(taken.previous);
  }

  /** False when somebody else was first. */
  async #write(claim: ClaimOperation, revision: number, type: string, data: object): Promise<boolean> {
    try {
      await this.#connection.append(streamOf(claim), revision === -1 ? 'no_stream' : BigInt(revision), [
        jsonEvent({ id: randomUUID(), type, data: data as never }),
      ]);
      return true;
    } catch (error) {
      if (error instanceof WrongVersion) return false;
      throw error;
    }
  }
}
