import type { Command } from '../../commands/command.js';
import { execute } from '../../commands/pipeline.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { commandContext } from '../http/command-context.js';
import { positionText, tellPosition } from '../http/position.js';
import type { GraphqlContext } from './context.js';

const waitMs = 1000;
const maxKeyLength = 200;

/** A repeated idempotency key names the same command. Only somebody who is known may use one. */
const commandIdOf = (context: GraphqlContext, command: string): string | undefined => {
  const key = context.request.headers['idempotency-key'];
  if (typeof key !== 'string') return undefined;
  if (!context.identity.user) throw new DomainError('UNAUTHENTICATED');
  if (key.length > maxKeyLength)
    throw new DomainError('INVALID_INPUT', { message: 'The idempotency key is too long.' });
  return context.dependencies.ports.ids.named('command', `${context.identity.user.id}/${command}/${key}`);
};

/**
 * Runs a command for a mutation, and waits until the read models show it, a second at most: what is not shown by then
 * is stored all the same, and the position says what to wait for.
 */
export const runCommand = async <Input, Output>(
  context: GraphqlContext,
  command: Command<Input, Output>,
  input: unknown,
  options: { readonly reason?: string } = {},
): Promise<{ readonly output: Output; readonly position: string }> => {
  const { dependencies, request, identity, reply } = context;
  const commandId = commandIdOf(context, command.name);
  const { output, position: appended } = await execute(
    dependencies.ports,
    command,
    input,
    commandContext(dependencies, request, identity, 'admin', {
      ...options,
      ...(commandId === undefined ? {} : { commandId }),
    }),
  );
  const position = appended ?? dependencies.ports.config.position;
  if (appended !== null)
    await dependencies.ports.readModels.waitFor(appended, waitMs).catch((error: unknown) => {
      request.log.warn({ err: error }, 'a mutation was answered before the read models showed it');
    });
  tellPosition(reply, dependencies.ports, position);
  return { output, position: positionText(dependencies.ports, position) };
};
