import { z } from 'zod';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';

const keyId = z.string().regex(/^[0-9a-f]{16}$/);
const ring = { category: 'keyring', id: 'main' };

/** Puts on record that sealing goes on under another master key. Permission `rotate_key`. Appends `keyring.key.activated`. */
export const recordActivatedKeyCommand = defineCommand({
  name: 'recordActivatedKey',
  input: z.strictObject({ keyId, was: keyId }),
  access: permission('rotate_key'),
  run: async (unit, data) => {
    await unit.events(`${ring.category}-${ring.id}`);
    unit.append(ring.category, ring.id, [{ type: 'keyring.key.activated', data }]);
    return null;
  },
});

/** Puts on record that nothing needs a master key any more. Permission `rotate_key`. Appends `keyring.key.retired`. */
export const recordRetiredKeyCommand = defineCommand({
  name: 'recordRetiredKey',
  input: z.strictObject({ keyId }),
  access: permission('rotate_key'),
  run: async (unit, data) => {
    await unit.events(`${ring.category}-${ring.id}`);
    unit.append(ring.category, ring.id, [{ type: 'keyring.key.retired', data }]);
    return null;
  },
});
