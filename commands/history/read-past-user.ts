import type { UserEvent } from '../../domain/directory/user/events.js';
import { user, type PresentUser } from '../../domain/directory/user/user.js';
import { fold } from '../../domain/kernel/event.js';
import type { Ports } from '../ports.js';

/** A user as of a position, with what only the events around the state tell. */
export interface PastUser {
  readonly state: PresentUser;
  readonly revision: number;
  readonly position: bigint;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly passwordChangedAt: Date | null;
}

/** The user as the log tells him up to a position; null when he did not exist then. What was erased since stays erased. */
export const readPastUser = async (
  { store, sealer }: Pick<Ports, 'store' | 'sealer'>,
  id: string,
  position: bigint,
): Promise<PastUser | null> => {
  const stored = (await store.readStream(`user-${id}`)).filter((event) => event.position <= position);
  const events = await sealer.openEvents(stored);
  const state = fold(user, events as unknown as UserEvent[]);
  const last = events.at(-1);
  if (state.status !== 'present' || !last) return null;
  const created = events.findLast(({ type }) => type === 'user.created')!;
  const password = events.findLast(
    ({ type, revision }) => type === 'user.password.changed' && revision > created.revision,
  );
  return {
    state,
    revision: last.revision,
    position: last.position,
    createdAt: created.at,
    changedAt: last.at,
    passwordChangedAt: password?.at ?? null,
  };
};
