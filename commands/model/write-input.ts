import { admits, type ConfigView } from '../../domain/kernel/config-view.js';
import { DomainError, type FieldError } from '../../domain/kernel/errors.js';
import type { Model } from '../../domain/kernel/model.js';
import { unsealedFields } from '../../domain/kernel/model-input.js';
import type { Values } from '../../domain/kernel/model-events.js';
import type { Secret } from '../../domain/kernel/secret.js';
import type { UnitOfWork } from '../unit-of-work.js';

const isKnown = (config: ConfigView, target: string, id: string): boolean => {
  const object = config.byId(id);
  return object !== undefined && admits(target, object.model);
};

/**
 * Checks that what the values refer to exists and is of the declared kind, or comes back in the same append. Throws
 * `INVALID_INPUT` per field.
 */
export const requireReferences = async (
  unit: UnitOfWork,
  model: Model,
  values: Values,
  returning: ReadonlySet<string> = new Set(),
): Promise<void> => {
  const errors: FieldError[] = [];
  for (const [field, spec] of Object.entries(model.specs)) {
    if (spec.kind !== 'ref' && spec.kind !== 'refs') continue;
    const value = values[field];
    const ids =
      value === null || value === undefined
        ? []
        : spec.kind === 'ref'
          ? [value as string]
          : (value as readonly string[]);
    for (const id of ids) {
      const known =
        returning.has(id) ||
        (spec.target === 'user'
          ? (await unit.ports.users.byId(id)) !== null
          : isKnown(unit.ports.config, spec.target, id));
      if (!known) errors.push({ path: field, code: 'REFERENCE', message: 'There is no such object.' });
    }
  }
  if (errors.length > 0) throw new DomainError('INVALID_INPUT', { fields: errors });
};

/**
 * Replaces plain secrets by references into the vault, stored with the same append. A version is the number of the event
 * that brings it, so that none ever returns, also not after a secret was cleared.
 */
export const sealSecrets = (unit: UnitOfWork, model: Model, id: string, values: Values): Values => {
  const version = unit.revisionOf(`${model.category}-${id}`) + 2;
  const sealed: Record<string, unknown> = { ...values };
  for (const field of unsealedFields(values)) {
    const ref = `${model.category}/${id}/${field}`;
    sealed[field] = unit.sealSecret(model.name, ref, version, values[field] as Secret);
  }
  return sealed;
};
