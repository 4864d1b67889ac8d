import { z } from 'zod';
import { DomainError } from '../../domain/kernel/errors.js';
import { authenticated } from '../../domain/kernel/rights.js';
import { parse } from '../../domain/kernel/validation.js';
import { defineCommand, type CommandContext } from '../command.js';
import { requireAccess } from '../pipeline.js';
import type { Ports } from '../ports.js';
import { UnitOfWork } from '../unit-of-work.js';
import { planRevert, type RevertPlan } from './plan-revert.js';
import type { Restored } from './restore-object.js';

export interface Reverted {
  readonly target: RevertPlan['target'];
  /** Fields that stayed as they were. */
  readonly kept: readonly string[];
}

const refuseChangedSince = ({ changedSince }: RevertPlan): void => {
  if (changedSince.length > 0)
    throw new DomainError('CHANGED_SINCE', {
      fields: changedSince.map((path) => ({
        path,
        code: 'CHANGED_SINCE',
        message: 'Changed again since.',
      })),
    });
};

const requireRight = (plan: RevertPlan, context: CommandContext, now: Date): void => {
  requireAccess(plan.command, plan.input, context, now);
};

/**
 * Takes one event back, with what the same command did to the same object, by the ordinary command that undoes it, under
 * the same permission. The new events name the one they revert, so that a revert can be reverted. Throws `NOT_FOUND`,
 * `NOT_REVERTIBLE`, `CHANGED_SINCE` naming the fields, and whatever the command throws.
 */
export const revertEventCommand = defineCommand({
  name: 'revertEvent',
  input: z.strictObject({ eventId: z.uuid() }),
  access: authenticated,
  run: async (unit, { eventId }): Promise<Reverted> => {
    const plan = await planRevert(unit, eventId);
    requireRight(plan, unit.context, unit.now);
    refuseChangedSince(plan);
    unit.takeBack(eventId);
    const output = await plan.command.run(unit, parse(plan.command.input, plan.input));
    const kept = plan.way === 'restore' ? (output as Restored).emptySecrets : plan.kept;
    return { target: plan.target, kept };
  },
});

/** What a revert would do. Needs the permission of the revert itself; appends nothing. Throws like it, but for `CHANGED_SINCE`. */
export const previewRevert = async (
  ports: Ports,
  eventId: string,
  context: CommandContext,
): Promise<RevertPlan> => {
  const unit = new UnitOfWork(ports, context, ports.ids.next('command'));
  const plan = await planRevert(unit, eventId);
  requireRight(plan, context, unit.now);
  return plan;
};
