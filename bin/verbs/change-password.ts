import { createInterface } from 'node:readline';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { execute } from '../../commands/pipeline.js';
import { OperatorError, type Settings } from '../configuration.js';
import { operatorContext, withCore } from '../operator.js';

const tries = 3;

/** Reads lines without showing them. At a pipe there is nothing to hide. */
const createReader = (): { ask: (prompt: string) => Promise<string>; close: () => void } => {
  const terminal = process.stdin.isTTY;
  const reader = createInterface({
    input: process.stdin,
    output: terminal ? process.stdout : undefined,
    terminal,
  });
  const lines = reader[Symbol.asyncIterator]();
  if (terminal)
    (reader as unknown as { _writeToOutput: (text: string) => void })._writeToOutput = () => undefined;
  return {
    ask: async (prompt) => {
      process.stdout.write(prompt);
      const line = await lines.next();
      process.stdout.write('\n');
      if (line.done) throw new OperatorError('No password was given.');
      return line.value;
    },
    close: () => {
      reader.close();
    },
  };
};

const askTwice = async (): Promise<string> => {
  const reader = createReader();
  try {
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const password = await reader.ask('New password: ');
      if (password === (await reader.ask('New password (again): '))) return password;
      process.stdout.write('The two passwords differ.\n');
    }
  } finally {
    reader.close();
  }
  throw new OperatorError(`The passwords differed ${String(tries)} times.`);
};

/** Sets a password at the shell: the last resort when nobody can sign in. */
export const changePassword = async (settings: Settings, username: string): Promise<void> => {
  await withCore(settings, async ({ ports }) => {
    const user = await ports.users.byIdentifier(username, ['username'], true);
    if (!user) throw new OperatorError(`There is no user named ${username}.`);
    await execute(
      ports,
      setPasswordCommand,
      { userId: user.id, password: await askTwice() },
      operatorContext(ports),
    );
  });
  process.stdout.write(`The password of ${username} has been changed.\n`);
};
