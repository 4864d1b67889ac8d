import { settings, settingsStream } from '../../domain/settings/settings.js';
import type { Ports } from '../ports.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Visitor } from './visitor.js';

const codeLength = 16;

/** The one-time code of the initial set-up. It stays the same over restarts and dies with the end of the set-up. */
export const setupCode = ({ sealer, store }: Pick<Ports, 'sealer' | 'store'>): string =>
  sealer.digest('token', 'setup-code', store.storeId).slice(0, codeLength);

/** Whether the set-up is still to be done, and this visitor may do it: from the machine itself, or with the code. */
export const mayCompleteSetup = async (unit: UnitOfWork, visitor: Visitor): Promise<boolean> => {
  if (!visitor.isLocal && visitor.setupCode !== setupCode(unit.ports)) return false;
  const state = await unit.load(settings, settingsStream.slice('settings-'.length));
  return !state.setupCompleted;
};
