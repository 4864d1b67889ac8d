import type { EventType } from '../event.js';

type Data = Readonly<Record<string, unknown>>;

/** The event was written by a newer version of the product than this one. */
export class NewerEvent extends Error {
  constructor(type: string, version: number) {
    super(`version ${String(version)} of ${type} was written by a newer version of the product`);
    this.name = 'NewerEvent';
  }
}

/**
 * Data of a stored event in the shape of the declared version. Events are never rewritten: each read passes them through
 * the upcasters of the versions since. Throws `NewerEvent`.
 */
export const upcast = (declared: EventType, type: string, version: number, data: Data): Data => {
  if (version > declared.version) throw new NewerEvent(type, version);
  const present = declared.upcasters.slice(version - 1).reduce((older, step) => step(older), data);
  return declared.complete?.(present) ?? present;
};
