/*
 * The installation: its id, whether its first set-up is done, and the address it is known by.
 * Stream `settings-main`. Set-up completes once and never reopens, whatever happens to the first administrator.
 */
import { z } from 'zod';
import { DomainError } from '../kernel/errors.js';
import { eventType, type Aggregate, type EventsOf } from '../kernel/event.js';

export const settingsEvents = {
  'settings.installed': eventType(1, { installId: z.uuid() }),
  'settings.setup.completed': eventType(1, {}),
  /** The log goes on from a backup of the store `storeId`, which had been taken at that position. */
  'settings.restored': eventType(1, { storeId: z.uuid(), position: z.string(), takenAt: z.iso.datetime() }),
};

export type SettingsEvent = EventsOf<typeof settingsEvents>;

export interface Settings {
  readonly installId: string | null;
  readonly setupCompleted: boolean;
}

export const settings: Aggregate<Settings, SettingsEvent> = {
  category: 'settings',
  initialState: { installId: null, setupCompleted: false },
  evolve: (state, event) => {
    switch (event.type) {
      case 'settings.installed':
        return { ...state, installId: event.data.installId };
      case 'settings.setup.completed':
        return { ...state, setupCompleted: true };
      case 'settings.restored':
        return state;
      default:
        return event satisfies never;
    }
  },
};

export const settingsStream = 'settings-main';

/** `settings.setup.completed`. Throws `SETUP_COMPLETED` the second time. */
export const completeSetup = (state: Settings): SettingsEvent[] => {
  if (state.setupCompleted) throw new DomainError('SETUP_COMPLETED');
  return [{ type: 'settings.setup.completed', data: {} }];
};
