import { DomainError } from '../../domain/kernel/errors.js';
import type { Model } from '../../domain/kernel/model.js';
import { isOpenTo } from '../../domain/kernel/personal.js';
import type { UnitOfWork } from '../unit-of-work.js';

/** Throws `NOT_FOUND` for what belongs to somebody else and is not shared. The product itself may do everything. */
export const requireOpen = (
  unit: UnitOfWork,
  model: Model,
  values: Readonly<Record<string, unknown>>,
): void => {
  const { userId } = unit.context.rights;
  if (userId !== null && !isOpenTo(model, values, userId)) throw new DomainError('NOT_FOUND');
};
