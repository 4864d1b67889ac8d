import { z } from 'zod';
import { DomainError } from '../../domain/kernel/errors.js';
import type { Model } from '../../domain/kernel/model.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand, type Command } from '../command.js';
import { deletionGuards } from './prepare.js';
import { stageDeletion } from './referrer-effects.js';

/**
 * Deletes an object, with the declared effects on what refers to it, in one append. Permission `delete_<model>`.
 * Appends `<model>.deleted` and the changes of others. Throws `NOT_FOUND`, `IN_USE`.
 */
export const deleteModelCommand = (model: Model): Command<{ id: string }, { id: string }> =>
  defineCommand({
    name: `delete ${model.name}`,
    input: z.strictObject({ id: z.uuid() }),
    access: permission(`delete_${model.permissionName}`),
    passesBlockade: model.category === 'sink',
    run: async (unit, input) => {
      const object = unit.ports.config.byId(input.id);
      if (object?.model.name !== model.name) throw new DomainError('NOT_FOUND');
      await deletionGuards.get(model.name)?.(unit, input.id);
      await stageDeletion(unit, object);
      return { id: input.id };
    },
  });
