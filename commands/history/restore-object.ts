import { z } from 'zod';
import { DomainError } from '../../domain/kernel/errors.js';
import { allows, authenticated, permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { requireOpen } from '../model/require-open.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { isModelCategory } from './model-of.js';
import { stageCascadeRestore } from './stage-cascade-restore.js';
import { loadDeletedModel, stageModelRestore } from './stage-model-restore.js';
import { loadDeletedUser, stageUserRestore } from './stage-user-restore.js';

export interface Restored {
  readonly category: string;
  readonly id: string;
  /** Secrets that had a value before the deletion and have none now. */
  readonly emptySecrets: readonly string[];
}

/** Throws `FORBIDDEN` without a permission that only the deleted object tells. */
export const requirePermission = (unit: UnitOfWork, name: string): void => {
  if (!allows(unit.context.rights, permission(name))) throw new DomainError('FORBIDDEN');
};

const restoreUserWithAll = async (unit: UnitOfWork, id: string): Promise<string[]> => {
  requirePermission(unit, 'add_user');
  const { before, commandId } = await loadDeletedUser(unit, id);
  await stageUserRestore(unit, before, commandId);
  const rest = await stageCascadeRestore(unit, commandId, new Set([id]));
  return [...(before.credential === null ? [] : ['password']), ...rest];
};

const restoreModelWithAll = async (unit: UnitOfWork, category: string, id: string): Promise<string[]> => {
  const deleted = await loadDeletedModel(unit, category, id);
  requireOpen(unit, deleted.model, deleted.values);
  requirePermission(unit, `add_${deleted.model.permissionName}`);
  const returning = new Set([id]);
  const own = await stageModelRestore(unit, deleted, returning);
  return [...own, ...(await stageCascadeRestore(unit, deleted.deletion.meta.commandId, returning))];
};

/** Stages the return of a deleted object of any kind, and marks it as taking the deletion back. */
export const stageRestore = async (unit: UnitOfWork, category: string, id: string): Promise<Restored> => {
  if (category !== 'user' && !isModelCategory(category)) throw new DomainError('NOT_REVERTIBLE');
  const deletion = (await unit.events(`${category}-${id}`)).at(-1);
  if (deletion) unit.takeBack(deletion.id);
  const emptySecrets =
    category === 'user' ? await restoreUserWithAll(unit, id) : await restoreModelWithAll(unit, category, id);
  return { category, id, emptySecrets };
};

/**
 * Brings a deleted object back under its id, with the values it had, its unique names, and what went with it. Permission
 * `add_<model>`. Appends `<model>.created` or `user.created`, and `membership.granted`. Throws `NOT_FOUND`, `ALREADY_EXISTS`,
 * `RESTORE_EXPIRED` after 30 days, `CLAIM_TAKEN` and `INVALID_INPUT` (references) per field.
 */
export const restoreObjectCommand = defineCommand({
  name: 'restoreEntity',
  input: z.strictObject({ category: z.string().max(100), id: z.uuid() }),
  access: authenticated,
  touchesCredentials: true,
  run: (unit, { category, id }) => stageRestore(unit, category, id),
});
