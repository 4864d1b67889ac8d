import { z } from 'zod';
import { DomainError, fieldError } from '../../domain/kernel/errors.js';
import type { Model } from '../../domain/kernel/model.js';
import { permission } from '../../domain/kernel/rights.js';
import type { SecretRef } from '../../domain/kernel/secret.js';
import { defineCommand, type Command } from '../command.js';

export interface ViewSecretInput {
  readonly id: string;
  readonly field: string;
}

/**
 * Shows a secret of an object. Permission `view_<model>_secret`. Appends `activity.secret.viewed` before the value leaves.
 * Throws `NOT_FOUND` for an unknown object, a field that is no secret, and one without a value.
 */
export const viewSecretCommand = (
  model: Model,
): Command<ViewSecretInput, { readonly id: string; readonly value: string }> =>
  defineCommand({
    name: `view secret of ${model.name}`,
    input: z.strictObject({ id: z.uuid(), field: z.string().max(100) }),
    access: permission(`view_${model.permissionName}_secret`),
    touchesCredentials: true,
    run: async (unit, { id, field }) => {
      const object = unit.ports.config.byId(id);
      if (object?.model.name !== model.name) throw new DomainError('NOT_FOUND');
      if (model.specs[field]?.kind !== 'secret') throw fieldError('NOT_FOUND', 'field');
      const reference = object.values[field] as SecretRef | null;
      const entry = reference && (await unit.ports.store.readVault(reference.ref, reference.version));
      if (!entry) throw fieldError('NOT_FOUND', 'field', 'There is no value to show.');
      unit.record({ type: 'activity.secret.viewed', data: { model: model.name, objectId: id, field } });
      return { id, value: unit.ports.sealer.openSecret(entry).reveal() };
    },
  });
