import { grant } from '../../domain/access/grant/grant.js';
import type { GrantEvent } from '../../domain/access/grant/events.js';
import { fold } from '../../domain/kernel/event.js';
import type { GrantRecord, Ports } from '../ports.js';

/** A grant with its person: from the read model, or from the log when a token of this generation is newer than that. */
export const findGrant = async (
  ports: Pick<Ports, 'grants' | 'store' | 'sealer' | 'sessions'>,
  grantId: string,
  generation = 0,
): Promise<GrantRecord | null> => {
  const known = await ports.grants.byId(grantId);
  if (known && (known.revoked || known.state.generation >= generation)) return known;
  const stored = await ports.store.readStream(`grant-${grantId}`);
  const events = (await ports.sealer.openEvents(stored)) as unknown as GrantEvent[];
  const state = fold(grant, events);
  if (state.status !== 'live') return null;
  const subject = await ports.sessions.subject(state.userId, state.sessionId);
  return subject && { state, revision: events.length - 1, revoked: false, subject };
};
