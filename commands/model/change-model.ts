import { z } from 'zod';
import { claimChanges, claimsOf } from '../../domain/kernel/claims.js';
import { DomainError } from '../../domain/kernel/errors.js';
import type { Model } from '../../domain/kernel/model.js';
import { changeModel, modelState, refuseConflicts } from '../../domain/kernel/model-decisions.js';
import type { ModelEvent } from '../../domain/kernel/model-events.js';
import { checkRules, parseUpdate } from '../../domain/kernel/model-input.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand, type Command } from '../command.js';
import { preparations } from './prepare.js';
import { requireReferences, sealSecrets } from './write-input.js';

export interface ChangeModelInput {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Revision the caller has seen. Fields set by others since are not overwritten. */
  readonly expectedRevision?: number;
}

/**
 * Changes fields of an object. Permission `change_<model>`. Appends `<model>.changed {set, was}` with what really
 * differs, or nothing. Throws `NOT_FOUND`, `INVALID_INPUT` and `CLAIM_TAKEN` per field, `REVISION_CONFLICT` naming the
 * fields that somebody else has set since `expectedRevision`.
 */
export const changeModelCommand = (model: Model): Command<ChangeModelInput, { id: string }> =>
  defineCommand({
    name: `change ${model.name}`,
    input: z.strictObject({
      id: z.uuid(),
      values: z.record(z.string(), z.unknown()),
      expectedRevision: z.exactOptional(z.int().min(0)),
    }),
    access: permission(`change_${model.permissionName}`),
    passesBlockade: model.category === 'sink',
    run: async (unit, input) => {
      const events = (await unit.events(`${model.category}-${input.id}`)) as unknown as ModelEvent[];
      const state = modelState(model, events);
      if (state.status !== 'present' || state.kind !== model.kind) throw new DomainError('NOT_FOUND');
      const parsed = parseUpdate(model, input.values);
      await requireReferences(unit, model, parsed);
      const prepare = preparations.get(model.name);
      const prepared = prepare
        ? await prepare(unit, { id: input.id, values: parsed, before: state.values })
        : parsed;
      const after = { ...state.values, ...prepared };
      checkRules(model, after, Object.keys(prepared));
      if (input.expectedRevision !== undefined)
        refuseConflicts(model, events.slice(input.expectedRevision + 1), prepared);
      const patch = sealSecrets(unit, model, input.id, prepared);
      const changes = changeModel(model, state, patch);
      if (changes.length === 0) return { id: input.id };
      unit.append(model.category, input.id, changes);
      unit.claim(
        model.category,
        input.id,
        claimChanges(claimsOf(model, state.values), claimsOf(model, { ...state.values, ...patch })),
      );
      return { id: input.id };
    },
  });
