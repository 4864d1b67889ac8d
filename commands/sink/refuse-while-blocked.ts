import { DomainError } from '../../domain/kernel/errors.js';
import type { CommandContext } from '../command.js';
import type { Ports } from '../ports.js';

/**
 * Refuses what an administrator asks for while a blocking sink is too far behind: `AUDIT_SINK_BLOCKED`. Logins, flows and
 * verbs of the operator do not come here.
 */
export const refuseWhileBlocked = ({ sinks }: Ports, { via }: CommandContext): void => {
  const { sink } = sinks.blockade;
  if (via === 'admin' && sink !== null)
    throw new DomainError('AUDIT_SINK_BLOCKED', {
      message: `The event sink "${sink}" is too far behind the event log, and changes wait for it. Mend, pause or delete the sink.`,
    });
};

/** Whether somebody acts for himself, not as an administrator and not in the name of somebody else. */
export const actsForSelf = ({ rights, onBehalfOf }: CommandContext, userId: string): boolean =>
  onBehalfOf === null && rights.userId === userId;
