import type { KeyRingEvent } from '../privacy/key-ring-events.js';
import type { ProjectionEvent } from '../projection/skipped-events.js';
import type { SettingsEvent } from '../settings/settings.js';
import { fact, type AuditFact } from './fact.js';

const installation = { type: 'settings', id: 'main' };
const keyRing = { type: 'keyring', id: 'main' };

/** The audit meaning of what happens to the installation as a whole. */
export const ofInstallation = (event: SettingsEvent | KeyRingEvent | ProjectionEvent): AuditFact | null => {
  switch (event.type) {
    case 'settings.installed':
      return null;
    case 'settings.setup.completed':
      return fact('configuration_warning', installation, {
        context: { message: 'initial set-up completed' },
      });
    case 'settings.restored':
      return fact('configuration_warning', installation, {
        severity: 'alert',
        context: {
          message: `restored from a backup of ${event.data.takenAt}`,
          position: event.data.position,
          store: event.data.storeId,
        },
      });
    case 'projection.event.skipped':
      return fact(
        'configuration_warning',
        { type: 'projection', id: event.data.group },
        {
          severity: 'warning',
          label: event.data.group,
          context: {
            message: 'an event was left out of read models',
            position: event.data.position,
            event: event.data.eventId,
          },
        },
      );
    case 'keyring.key.activated':
      return fact('secret_rotate', keyRing, {
        severity: 'warning',
        context: { key: event.data.keyId, was: event.data.was },
      });
    case 'keyring.key.retired':
      return fact('model_deleted', keyRing, { severity: 'warning', context: { key: event.data.keyId } });
    default:
      return event satisfies never;
  }
};
