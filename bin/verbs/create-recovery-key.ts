import { createTokenCommand } from '../../commands/access/create-token.js';
import { execute } from '../../commands/pipeline.js';
import { OperatorError, type Settings } from '../configuration.js';
import { operatorContext, withCore } from '../operator.js';

const yearMs = 365.2425 * 86_400_000;

/** Makes a recovery key and prints the path that uses it. */
export const createRecoveryKey = async (
  settings: Settings,
  years: number,
  username: string,
): Promise<void> => {
  if (!(years > 0 && years <= 100)) throw new OperatorError('years: write a number above 0, at most 100.');
  const path = await withCore(settings, async ({ ports }) => {
    const user = await ports.users.byIdentifier(username, ['username'], true);
    if (!user) throw new OperatorError(`There is no user named ${username}.`);
    const now = ports.clock.now();
    const { output } = await execute(
      ports,
      createTokenCommand,
      {
        userId: user.id,
        intent: 'recovery',
        identifier: `recovery-${user.number.toString()}-${now.getTime().toString()}`,
        description: `Made at the shell at ${now.toISOString()}`,
        expiresAt: new Date(now.getTime() + years * yearMs).toISOString(),
      },
      operatorContext(ports),
    );
    return `/recovery/use-token/${output.key}/`;
  });
  process.stdout.write(`Keep this path secret: it signs ${username} in, once.\n${path}\n`);
};
