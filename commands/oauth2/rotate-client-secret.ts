import { z } from 'zod';
import { durationMs } from '../../domain/kernel/duration.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { modelState } from '../../domain/kernel/model-decisions.js';
import type { ModelEvent } from '../../domain/kernel/model-events.js';
import { durationText } from '../../domain/kernel/field-schema.js';
import { permission } from '../../domain/kernel/rights.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import {
  rotateClientSecret,
  type OAuth2ProviderState,
} from '../../domain/provider/oauth2/rotate-client-secret.js';
import { defineCommand } from '../command.js';
import { generateSecret } from '../model/generate-secret.js';

/**
 * Gives a client a new secret; the one before stays valid for `overlap` (a duration, 30 days at most). Permission
 * `change_oauth2_provider`. Appends `provider.secret.rotated`. The new secret is part of the answer, once. Throws
 * `NOT_FOUND`, `PROVIDER_IS_PUBLIC`.
 */
export const rotateClientSecretCommand = defineCommand({
  name: 'rotateClientSecret',
  input: z.strictObject({ id: z.uuid(), overlap: durationText.default('days=1') }),
  access: permission('change_oauth2_provider'),
  touchesCredentials: true,
  run: async (unit, { id, overlap }) => {
    const events = (await unit.events(`provider-${id}`)) as unknown as ModelEvent[];
    const state = modelState(oauth2Provider, events);
    if (state.status !== 'present' || state.kind !== oauth2Provider.kind) throw new DomainError('NOT_FOUND');
    const values = state.values as OAuth2ProviderState;
    const secret = generateSecret(unit.ports.ids);
    const version = unit.revisionOf(`provider-${id}`) + 2;
    const reference = unit.sealSecret(oauth2Provider.name, `provider/${id}/clientSecret`, version, secret);
    unit.append('provider', id, rotateClientSecret(values, reference, durationMs(overlap), unit.now));
    return { id, clientSecret: secret.reveal() };
  },
});
