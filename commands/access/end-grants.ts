import { grant, revokeGrant } from '../../domain/access/grant/grant.js';
import type { GrantEnd } from '../../domain/access/grant/events.js';
import type { UnitOfWork } from '../unit-of-work.js';

/** Stages the end of what clients were given for a user. */
export const stageGrantEnds = async (unit: UnitOfWork, userId: string, cause: GrantEnd): Promise<void> => {
  for (const id of await unit.ports.grants.liveGrantsOf(userId))
    unit.append('grant', id, revokeGrant(await unit.load(grant, id), cause));
};
