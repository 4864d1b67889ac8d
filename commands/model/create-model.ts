import { z } from 'zod';
import { claimsOf } from '../../domain/kernel/claims.js';
import type { Model } from '../../domain/kernel/model.js';
import { createModel } from '../../domain/kernel/model-decisions.js';
import { checkRules, parseCreate } from '../../domain/kernel/model-input.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand, type Command } from '../command.js';
import { generateSecret } from './generate-secret.js';
import { preparations } from './prepare.js';
import { requireReferences, sealSecrets } from './write-input.js';

export interface CreateModelInput {
  readonly id?: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Creates an object of a declared model. Permission `add_<model>`. Appends `<model>.created`. Throws `INVALID_INPUT`
 * and `CLAIM_TAKEN` per field, `ALREADY_EXISTS` for a given id that was used before.
 */
export const createModelCommand = (model: Model): Command<CreateModelInput, { id: string }> =>
  defineCommand({
    name: `create ${model.name}`,
    input: z.strictObject({ id: z.exactOptional(z.uuid()), values: z.record(z.string(), z.unknown()) }),
    access: permission(`add_${model.permissionName}`),
    passesBlockade: model.category === 'sink',
    run: async (unit, input) => {
      const objectId = input.id ?? unit.ports.ids.next('model');
      const parsed = { ...parseCreate(model, input.values) };
      for (const [field, spec] of Object.entries(model.specs))
        if (spec.kind === 'secret' && spec.generated && parsed[field] === undefined)
          parsed[field] = generateSecret(unit.ports.ids);
      await requireReferences(unit, model, parsed);
      const prepare = preparations.get(model.name);
      const prepared = prepare ? await prepare(unit, { id: objectId, values: parsed, before: null }) : parsed;
      checkRules(model, prepared, Object.keys(model.specs));
      const values = sealSecrets(unit, model, objectId, prepared);
      unit.append(model.category, objectId, createModel(model, { status: 'absent' }, values));
      unit.claim(model.category, objectId, { take: claimsOf(model, values), release: [] });
      return { id: objectId };
    },
  });
