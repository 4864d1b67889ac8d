import { grant, type Grant } from '../../domain/access/grant/grant.js';
import type { GrantEvent } from '../../domain/access/grant/events.js';
import type { GrantRecord, Ports } from '../ports.js';

/**
 * A grant with its person: from the read model, brought up to date from the log when a token of this generation is newer
 * than that.
 */
export const findGrant = async (
  ports: Pick<Ports, 'grants' | 'store' | 'sealer' | 'sessions'>,
  grantId: string,
  generation = 0,
): Promise<GrantRecord | null> => {
  const known = await ports.grants.byId(grantId);
  if (known && (known.revoked || known.state.generation >= generation)) return known;
  const from = known ? known.revision + 1 : 0;
  const stored = await ports.store.readStream(`grant-${grantId}`, { from });
  const events = (await ports.sealer.openEvents(stored)) as unknown as readonly GrantEvent[];
  const state = events.reduce<Grant>(grant.evolve, known?.state ?? grant.initialState);
  if (state.status !== 'live') return known && { ...known, revoked: true };
  const subject = known?.subject ?? (await ports.sessions.subject(state.userId, state.sessionId));
  return subject && { state, revision: from + events.length - 1, revoked: false, subject };
};
