import { z } from 'zod';
import { membership, grantMembership } from '../../domain/directory/membership/membership.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { permission } from '../../domain/kernel/rights.js';
import { completeSetup, settings } from '../../domain/settings/settings.js';
import { createTokenCommand } from '../access/create-token.js';
import { defineCommand, type Command, type CommandContext } from '../command.js';
import { membershipId } from '../directory/grant-membership.js';
import { stageNewUser, stagePassword } from '../directory/stage-user.js';
import { createModelCommand } from '../model/create-model.js';
import { execute } from '../pipeline.js';
import type { Ports } from '../ports.js';
import { systemContext } from '../system-context.js';
import { bootstrapId, firstAdministrator, firstAdministratorId } from './bootstrap-id.js';
import { shippedObjects } from './shipped-objects.js';

/** What an operator may preset for the first administrator. */
export interface BootstrapOptions {
  readonly password: string | null;
  readonly email: string | null;
  readonly token: string | null;
  readonly adminGroup: string;
}

const waitMs = 10_000;

const administer = permission('administer');

const install = defineCommand({
  name: 'install',
  input: z.null(),
  access: administer,
  run: async (unit) => {
    const state = await unit.load(settings, 'main');
    if (state.installId === null)
      unit.append('settings', 'main', [
        { type: 'settings.installed', data: { installId: unit.ports.ids.next('installation') } },
      ]);
  },
});

const createFirstAdministrator: Command<{ email: string; password: string | null }, void> = defineCommand({
  name: 'createFirstAdministrator',
  input: z.strictObject({ email: z.email(), password: z.string().nullable() }),
  access: administer,
  run: async (unit, { email, password }) => {
    const { ids } = unit.ports;
    const userId = firstAdministratorId(ids);
    if ((await unit.events(`user-${userId}`)).length > 0) return;
    await stageNewUser(
      unit,
      {
        username: firstAdministrator,
        name: 'Default Admin',
        email,
        type: 'internal',
        path: 'users',
        isActive: true,
        attributes: {},
      },
      userId,
    );
    const groupId = bootstrapId(ids, 'group', 'administrators');
    const edgeId = membershipId(ids, groupId, userId);
    unit.append(
      'membership',
      edgeId,
      grantMembership(await unit.load(membership, edgeId), { groupId, userId }),
    );
    if (password !== null) {
      await stagePassword(
        unit,
        { id: userId, username: firstAdministrator, email },
        password,
        'MUNIMENT_BOOTSTRAP_PASSWORD',
      );
      const state = await unit.load(settings, 'main');
      if (!state.setupCompleted) unit.append('settings', 'main', completeSetup(state));
    }
  },
});

/**
 * Brings a new installation to life: a list of steps with fixed ids, each "create if never created", so that a start
 * that was interrupted goes on, and nothing that somebody changed or deleted comes back.
 */
export const bootstrap = async (ports: Ports, options: BootstrapOptions): Promise<void> => {
  const context = systemContext(ports, 'bootstrap');
  const run = async <I, O>(command: Command<I, O>, input: unknown): Promise<void> => {
    const { position } = await execute(ports, command, input, context);
    if (position !== null) await ports.readModels.waitFor(position, waitMs);
  };
  await run(install, null);
  for (const { model, name, values } of shippedObjects(
    (category, key) => bootstrapId(ports.ids, category, key),
    options.adminGroup,
  )) {
    const id = bootstrapId(ports.ids, model.category, name);
    if ((await ports.store.readStream(`${model.category}-${id}`, { limit: 1 })).length > 0) continue;
    await run(createModelCommand(model), { id, values }).catch((error: unknown) => {
      // Somebody else holds the name: what people made goes before what the product brings along.
      if (!(
        error instanceof DomainError &&
        ['CLAIM_TAKEN', 'ALREADY_EXISTS', 'INVALID_INPUT'].includes(error.code)
      ))
        throw error;
      ports.log.warn({ model: model.name, name, code: error.code }, 'a shipped object was not created');
    });
  }
  const { password, email, token } = options;
  await run(createFirstAdministrator, { email: email ?? 'root@example.com', password });
  if (token !== null) await presetToken(ports, context, token);
};

const presetToken = async (ports: Ports, context: CommandContext, key: string): Promise<void> => {
  const tokenId = bootstrapId(ports.ids, 'token', 'preset');
  const userId = firstAdministratorId(ports.ids);
  if (
    (await ports.store.readStream(`token-${tokenId}`, { limit: 1 })).length > 0 ||
    (await ports.users.byId(userId)) === null
  )
    return;
  await execute(
    ports,
    createTokenCommand,
    {
      tokenId,
      userId,
      intent: 'api',
      identifier: 'muniment-bootstrap-token',
      description: 'Preset at the first start',
      key,
    },
    context,
  );
};
