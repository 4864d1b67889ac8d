import { z } from 'zod';
import { permission } from '../../domain/kernel/rights.js';
import { settingsStream } from '../../domain/settings/settings.js';
import { defineCommand } from '../command.js';

/** Puts on record that the log goes on from a backup. Permission `restore`. Appends `settings.restored`. */
export const recordRestoreCommand = defineCommand({
  name: 'recordRestore',
  input: z.strictObject({ storeId: z.uuid(), position: z.string(), takenAt: z.iso.datetime() }),
  access: permission('restore'),
  run: async (unit, data) => {
    await unit.events(settingsStream);
    unit.append('settings', 'main', [{ type: 'settings.restored', data }]);
    return null;
  },
});
