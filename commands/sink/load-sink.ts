import { DomainError } from '../../domain/kernel/errors.js';
import type { Model, StateOf } from '../../domain/kernel/model.js';
import { modelState } from '../../domain/kernel/model-decisions.js';
import type { ModelEvent } from '../../domain/kernel/model-events.js';
import { sink } from '../../domain/sink/family.js';
import type { UnitOfWork } from '../unit-of-work.js';

export type SinkValues = StateOf<typeof sink.family.base>;

/** A sink as the log has it, whatever its kind. Throws `NOT_FOUND`. */
export const loadSink = async (
  unit: UnitOfWork,
  id: string,
): Promise<{ readonly model: Model; readonly values: SinkValues }> => {
  const model = unit.ports.config.byId(id)?.model;
  if (model?.family?.name !== sink.family.name) throw new DomainError('NOT_FOUND');
  const state = modelState(model, (await unit.events(`sink-${id}`)) as unknown as ModelEvent[]);
  if (state.status !== 'present') throw new DomainError('NOT_FOUND');
  return { model, values: state.values as unknown as SinkValues };
};
