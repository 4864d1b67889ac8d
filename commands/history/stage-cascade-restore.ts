import type { FieldSpec } from '../../domain/kernel/field.js';
import type { Values } from '../../domain/kernel/model-events.js';
import type { Model } from '../../domain/kernel/model.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { isModelCategory } from './model-of.js';
import { loadDeletedModel, stageModelRestore, type DeletedModel } from './stage-model-restore.js';

const cascading = (model: Model, values: Values): string[] =>
  Object.entries(model.specs).flatMap(([field, spec]: [string, FieldSpec]) => {
    if (spec.kind !== 'ref' || spec.onDelete !== 'cascade') return [];
    const target = values[field] as string | null;
    return target === null ? [] : [target];
  });

const isThere = async (unit: UnitOfWork, id: string, returning: ReadonlySet<string>): Promise<boolean> =>
  returning.has(id) || unit.ports.config.byId(id) !== undefined || (await unit.ports.users.byId(id)) !== null;

/**
 * Stages the return of what a deletion has taken along and what cannot be without it: an application comes back with the
 * bindings that guard it, never without. What would have gone meanwhile with something else stays gone. `returning` grows
 * by what comes back. Answers with the secret fields that are empty now.
 */
export const stageCascadeRestore = async (
  unit: UnitOfWork,
  commandId: string,
  returning: Set<string>,
): Promise<string[]> => {
  const empty: string[] = [];
  const gone: DeletedModel[] = [];
  for (const { category, id } of await unit.ports.history.endedBy(commandId)) {
    if (returning.has(id) || !isModelCategory(category)) continue;
    const deleted = await loadDeletedModel(unit, category, id).catch(() => null);
    if (deleted?.deletion.meta.commandId === commandId) gone.push(deleted);
  }
  for (let found = true; found;) {
    found = false;
    for (const object of gone) {
      const targets = cascading(object.model, object.values);
      if (returning.has(object.id) || !targets.some((target) => returning.has(target))) continue;
      const there = await Promise.all(targets.map((target) => isThere(unit, target, returning)));
      if (there.includes(false)) continue;
      returning.add(object.id);
      found = true;
      const fields = await stageModelRestore(unit, object, returning);
      empty.push(...fields.map((field) => `${object.model.name}.${field}`));
    }
  }
  return empty;
};
