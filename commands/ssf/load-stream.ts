import { DomainError } from '../../domain/kernel/errors.js';
import type { ModelEvent } from '../../domain/kernel/model-events.js';
import { modelState } from '../../domain/kernel/model-decisions.js';
import { ssfStream } from '../../domain/ssf/model.js';
import type { StreamState } from '../../domain/ssf/stream.js';
import type { Client } from '../oauth2/client.js';
import type { UnitOfWork } from '../unit-of-work.js';

/** A stream as the log tells it; a receiver finds only its own. Throws `NOT_FOUND`. */
export const loadStream = async (
  unit: UnitOfWork,
  id: string,
  receiver: Client | null = null,
): Promise<StreamState> => {
  const events = (await unit.events(`${ssfStream.category}-${id}`)) as unknown as ModelEvent[];
  const state = modelState(ssfStream, events);
  if (state.status !== 'present') throw new DomainError('NOT_FOUND');
  const values = state.values as unknown as StreamState;
  if (receiver && values.provider !== receiver.provider.id) throw new DomainError('NOT_FOUND');
  return values;
};
