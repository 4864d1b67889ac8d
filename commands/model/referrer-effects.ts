import { claimChanges, claimsOf } from '../../domain/kernel/claims.js';
import type { ConfigObject } from '../../domain/kernel/config-view.js';
import { labelOf } from '../../domain/kernel/config-view.js';
import { DomainError } from '../../domain/kernel/errors.js';
import type { FieldSpec } from '../../domain/kernel/field.js';
import { changeModel, deleteModel, modelState } from '../../domain/kernel/model-decisions.js';
import type { ModelEvent, Values } from '../../domain/kernel/model-events.js';
import type { UnitOfWork } from '../unit-of-work.js';

/**
 * Stages what the deletion of an object does to those that refer to it: delete, empty, disconnect. Refuses with
 * `IN_USE` where a reference restricts. All of it lands in the same append as the deletion.
 */
export const stageReferrerEffects = async (
  unit: UnitOfWork,
  targetId: string,
  deleted = new Set<string>(),
): Promise<void> => {
  deleted.add(targetId);
  const patches = new Map<string, { object: ConfigObject; patch: Record<string, unknown> }>();
  for (const { object, field } of unit.ports.config.referrers(targetId)) {
    if (deleted.has(object.id)) continue;
    const spec = object.model.specs[field]!;
    const effect = spec.kind === 'ref' || spec.kind === 'refs' ? spec.onDelete : 'restrict';
    if (effect === 'restrict') throw inUse(object);
    if (effect === 'cascade') {
      await stageDeletion(unit, object, deleted);
      continue;
    }
    const entry = patches.get(object.id) ?? { object, patch: {} };
    entry.patch[field] = without(spec, object.values[field], targetId);
    patches.set(object.id, entry);
  }
  for (const { object, patch } of patches.values())
    if (!deleted.has(object.id)) await stagePatch(unit, object, patch);
};

const inUse = (object: ConfigObject): DomainError =>
  new DomainError('IN_USE', {
    fields: [{ path: object.model.name, code: 'IN_USE', message: `Used by ${labelOf(object)}.` }],
  });

const without = (spec: FieldSpec, value: unknown, targetId: string): unknown =>
  spec.kind === 'refs' ? (value as readonly string[]).filter((id) => id !== targetId) : null;

/** Stages the deletion of one object, its claims, and what that does to others. */
export const stageDeletion = async (
  unit: UnitOfWork,
  object: ConfigObject,
  deleted = new Set<string>(),
): Promise<void> => {
  const { model, id } = object;
  await stageReferrerEffects(unit, id, deleted);
  const state = modelState(model, (await unit.events(`${model.category}-${id}`)) as unknown as ModelEvent[]);
  unit.append(model.category, id, deleteModel(model, state));
  if (state.status === 'present')
    unit.claim(model.category, id, { take: [], release: claimsOf(model, state.values) });
};

const stagePatch = async (unit: UnitOfWork, object: ConfigObject, patch: Values): Promise<void> => {
  const { model, id } = object;
  const state = modelState(model, (await unit.events(`${model.category}-${id}`)) as unknown as ModelEvent[]);
  if (state.status !== 'present') return;
  unit.append(model.category, id, changeModel(model, state, patch));
  unit.claim(
    model.category,
    id,
    claimChanges(claimsOf(model, state.values), claimsOf(model, { ...state.values, ...patch })),
  );
};
