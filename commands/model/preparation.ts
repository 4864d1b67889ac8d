import type { Values } from '../../domain/kernel/model-events.js';
import type { UnitOfWork } from '../unit-of-work.js';

/** A write on its way: parsed values of a create, or the patch of an update with the state before. */
export interface Preparation<State = Values> {
  readonly id: string;
  readonly values: Partial<State>;
  readonly before: State | null;
}

/** Checks and completes a write with what needs I/O, a parser, or other objects. Answers with the values to go on with. */
export type Prepare<State = Values> = (
  unit: UnitOfWork,
  preparation: Preparation<State>,
) => Promise<Partial<State>>;

/** Refuses a deletion that the declared references cannot judge. */
export type GuardDeletion = (unit: UnitOfWork, id: string) => Promise<void>;
