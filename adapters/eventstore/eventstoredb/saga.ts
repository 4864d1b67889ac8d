import type { AppendBatch, AppendResult, StreamAppend } from '../../../commands/ports.js';
import {
  ClaimTaken,
  OutcomeUnknown,
  StoreUnavailable,
  WrongVersion,
} from '../../../domain/kernel/store-errors.js';
import { Claims, type Evidence } from './claims.js';
import type { Connection } from './connection.js';
import { intentId, type Intents } from './intents.js';
import { revisionExpected, type Streams } from './streams.js';

/** Nobody works at an append for that long: what is left over is finished by whoever finds it. */
export const abandonedMs = 10_000;

const untilFinishedMs = 5000;

/** A stream of which there is one only guards what stands in others. */
export const isGuard = (stream: string): boolean => stream.endsWith('-main');

/** The stream whose append decides: with it everything happens, without it nothing does. */
const pivotOf = ({ streams }: AppendBatch): StreamAppend =>
  streams.find(({ stream, expected }) => expected !== 'any' && isGuard(stream)) ??
  streams.find(({ expected }) => expected !== 'any') ??
  streams[0]!;

const evidenceOf = (batch: AppendBatch, { stream, expected, events }: StreamAppend): Evidence => ({
  intent: intentId(batch),
  stream,
  revision: (revisionExpected(expected) ?? -1) + 1,
  firstId: events[0]!.id,
});

/**
 * Stores what one append to one stream cannot: several streams, uniqueness, secrets, remembered answers. The whole of it
 * is written down first; then one stream decides, and the rest follows, by this process or by any other.
 */
export class Saga {
  readonly #streams: Streams;
  readonly #intents: Intents;
  readonly #claims: Claims;

  constructor(connection: Connection, streams: Streams, intents: Intents) {
    this.#streams = streams;
    this.#intents = intents;
    this.#claims = new Claims(connection, streams, intents);
  }

  /** Throws `WrongVersion`, `ClaimTaken`, `StoreUnavailable`: nothing was stored; `OutcomeUnknown`. */
  async run(batch: AppendBatch): Promise<AppendResult> {
    if (!(await this.#intents.hold(batch)))
      throw new OutcomeUnknown(new Error('the same command is under way'));
    // Only now: whoever ran the command before has stored its answer when his intent is gone.
    const known = batch.command && (await this.#intents.answerTo(batch.command.id));
    if (!known) return this.#finish(batch, false);
    await this.#intents.drop(batch);
    return { outcome: 'repeated', ...known };
  }

  /** Does what is left to do of a batch that is written down. May run several times, and at once in several places. */
  async #finish(batch: AppendBatch, isLeftOver: boolean): Promise<AppendResult> {
    const pivot = pivotOf(batch);
    let decided: { position: bigint; repeated: boolean };
    try {
      await this.#prepare(batch, pivot);
      // Whoever began it may have been refused meanwhile, and have said so.
      if (isLeftOver && !(await this.#intents.stands(batch))) throw new WrongVersion(pivot.stream);
      decided = await this.#streams.append(pivot, isLeftOver);
    } catch (error) {
      if (error instanceof OutcomeUnknown) throw error;
      await this.#intents.drop(batch);
      throw error;
    }
    try {
      const position = await this.#follow(batch, pivot, decided.position);
      await this.#intents.finish(batch, position);
      return decided.repeated
        ? { outcome: 'repeated', position, command: null }
        : { outcome: 'appended', position };
    } catch (error) {
      // It has happened, whatever broke now: the caller asks again, or the next sweep finds it.
      throw error instanceof OutcomeUnknown ? error : new OutcomeUnknown(error);
    }
  }

  /** What has to hold before the deciding stream is written. */
  async #prepare(batch: AppendBatch, pivot: StreamAppend): Promise<void> {
    const others = batch.streams.filter((stream) => stream !== pivot && stream.expected !== 'any');
    if (others.length === 0 && batch.claims.length === 0) return;
    const evidence = evidenceOf(batch, pivot);
    if (pivot.expected !== 'any') {
      const fate = await this.#streams.fateOf(evidence.stream, evidence.revision, evidence.firstId);
      if (fate === 'stored') return;
      if (fate === 'failed') throw new WrongVersion(pivot.stream);
    }
    await Promise.all(
      others.map(async ({ stream, expected }) => {
        const last = await this.#streams.last(stream);
        if (Number(last?.revision ?? -1) !== revisionExpected(expected)) throw new WrongVersion(stream);
      }),
    );
    await this.#claims.take(batch, evidence);
  }

  /** The other streams, wherever they stand by now, in the order of the batch; then what is given up. */
  async #follow(batch: AppendBatch, pivot: StreamAppend, decidedAt: bigint): Promise<bigint> {
    let last = decidedAt;
    for (const stream of batch.streams) {
      if (stream === pivot) continue;
      const { position } = await this.#streams.force(stream);
      if (position > last) last = position;
    }
    await this.#claims.release(batch, evidenceOf(batch, pivot));
    return last;
  }

  /** Waits until nobody works at a batch that a guard has let through. Throws `StoreUnavailable` when that takes long. */
  async untilFinished(guard: string): Promise<void> {
    const until = Date.now() + untilFinishedMs;
    while (await this.#intents.touches(guard)) {
      if (Date.now() > until) throw new StoreUnavailable(new Error(`work behind ${guard} is not finished`));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Finishes what was begun and left. One that cannot be finished now does not keep the others back. */
  async sweep(ms: number): Promise<void> {
    for (const batch of await this.#intents.leftFor(ms))
      await this.#finish(batch, true).catch((error: unknown) => {
        if (!(error instanceof OutcomeUnknown || error instanceof StoreUnavailable)) this.#settled(error);
      });
  }

  #settled(error: unknown): void {
    if (!(error instanceof WrongVersion || error instanceof ClaimTaken)) throw error;
  }

  /** Whether the deciding append of a batch is stored. */
  async isDecided(batch: AppendBatch): Promise<boolean> {
    const { stream, revision, firstId } = evidenceOf(batch, pivotOf(batch));
    return (await this.#streams.fateOf(stream, revision, firstId)) === 'stored';
  }
}
