import { Command } from 'commander';
import { AlreadyRunning } from '../adapters/embedded-postgres/instance-lock.js';
import { DomainError } from '../domain/kernel/errors.js';
import { addProjectionCommands } from './verbs/projection-verbs.js';
import { addStoreCommands } from './verbs/store-verbs.js';
import type { ExportOptions } from './verbs/export-event-log.js';
import { describeSettings, OperatorError, readSettings } from './configuration.js';
import { addBackupVerbs, addPrivacyVerbs } from './verbs/privacy-verbs.js';

/** What was wrong with which input, where an error says so. */
const messageOf = (error: Error): string =>
  error instanceof DomainError && error.fields.length > 0
    ? error.fields.map(({ path, message }) => `${path}: ${message}`).join(' ')
    : error.message;

const program = new Command('muniment').description('The identity platform whose every change is evidence.');

program
  .command('up', { isDefault: true })
  .description('start everything in this process')
  .action(async () => {
    const { up } = await import('./up.js');
    await up(readSettings(process.env));
  });

program
  .command('create_recovery_key')
  .description('make a key that signs a user in once')
  .argument('<years>', 'how long the key is valid')
  .argument('<username>', 'whom it signs in')
  .action(async (years: string, username: string) => {
    const { createRecoveryKey } = await import('./verbs/create-recovery-key.js');
    await createRecoveryKey(readSettings(process.env), Number(years), username);
  });

program
  .command('changepassword')
  .description('set the password of a user')
  .argument('<username>')
  .action(async (username: string) => {
    const { changePassword } = await import('./verbs/change-password.js');
    await changePassword(readSettings(process.env), username);
  });

program
  .command('test_email')
  .description('send a test mail with the settings of this installation')
  .argument('<to>', 'address')
  .action(async (to: string) => {
    const { testEmail } = await import('./verbs/test-email.js');
    await testEmail(readSettings(process.env), to);
  });

program
  .command('export')
  .description('write entries of the event log into a file')
  .option('--format <format>', 'csv, ndjson or ocsf', 'ndjson')
  .option('--query <text>', 'query of the event log', '')
  .option('--from <time>', 'first moment, ISO 8601')
  .option('--to <time>', 'moment behind the last, ISO 8601')
  .option('-o, --output <file>', 'a new file; else the standard output')
  .action(async (options: ExportOptions) => {
    const { exportEventLog } = await import('./verbs/export-event-log.js');
    await exportEventLog(readSettings(process.env), options);
  });

addProjectionCommands(program);
addStoreCommands(program);

program
  .command('config')
  .description('print the effective settings, secrets masked')
  .action(() => {
    for (const [name, value] of Object.entries(describeSettings(readSettings(process.env))))
      process.stdout.write(`${name}=${value}\n`);
  });

program
  .command('healthcheck')
  .description('exit 0 when the running product can sign people in')
  .action(async () => {
    const { healthcheck } = await import('./verbs/healthcheck.js');
    await healthcheck(readSettings(process.env));
  });

addPrivacyVerbs(program);
addBackupVerbs(program);

/** Runs one command line. What the operator can mend is one line; everything else shows where it broke. */
export const main = async (argv: readonly string[]): Promise<void> => {
  // A reader that has seen enough, such as head, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    const known =
      error instanceof OperatorError || error instanceof AlreadyRunning || error instanceof DomainError;
    process.stderr.write(
      known
        ? `muniment: ${messageOf(error)}\n`
        : `muniment: unexpected error\n${(error as Error).stack ?? String(error)}\n`,
    );
    process.exit(1);
  }
};
