import { recordFactCommand } from '../activity/record-fact.js';
import type { CommandContext } from '../command.js';
import { execute } from '../pipeline.js';
import type { Ports } from '../ports.js';

/** A token that was revoked, as its use is recorded: whose it is, and which grant or token. */
export interface RevokedUse {
  readonly userId: string;
  readonly provider: string;
  readonly what: Readonly<Record<string, string>>;
}

/** Somebody used a token that was revoked: worth a look, but not each time. Appends `activity.request.refused`. */
export const recordRevokedUse = async (
  ports: Ports,
  { userId, provider, what }: RevokedUse,
  context: CommandContext,
): Promise<void> => {
  if (!ports.floods.admit('revoked_token', userId, context.client?.ip ?? '')) return;
  await execute(
    ports,
    recordFactCommand,
    {
      type: 'activity.request.refused',
      data: { code: 'revoked_token_used', subject: userId, userId, detail: { provider, ...what } },
    },
    context,
  );
};
