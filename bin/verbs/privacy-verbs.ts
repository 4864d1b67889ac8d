import type { Command } from 'commander';
import { readSettings } from '../configuration.js';

/** The verbs on keys and on what is personal. Their modules are loaded when one is called. */
export const addPrivacyVerbs = (program: Command): void => {
  const keys = program.command('keys').description('master keys: what everything is sealed under');
  keys
    .command('list')
    .description('print the keys and how much is sealed under each')
    .action(async () => (await import('./keys.js')).listKeys(readSettings(process.env)));
  keys
    .command('prepare')
    .description('make a key for the next rotation, to bring it to other machines first')
    .action(async () => (await import('./keys.js')).prepareKey(readSettings(process.env)));
  keys
    .command('rotate')
    .description('go on with a new key and seal everything again under it')
    .option('--no-rewrap', 'leave sealing again to the running product or to "keys rewrap"')
    .action(async (options: { rewrap: boolean }) =>
      (await import('./keys.js')).rotateKey(readSettings(process.env), options),
    );
  keys
    .command('rewrap')
    .description('seal everything again that is not under the active key')
    .action(async () => (await import('./keys.js')).rewrapKeys(readSettings(process.env)));
  keys
    .command('retire')
    .description('take a key out of use that nothing needs any more')
    .argument('<key>')
    .action(async (key: string) =>
      (await import('./keys.js')).retireMasterKey(readSettings(process.env), key),
    );

  const subject = program.command('subject').description('personal data: erasure, legal holds, keys');
  subject
    .command('erase')
    .description('erase what is personal about somebody, for good')
    .argument('<user>', 'username, or id')
    .requiredOption('--basis <ground>', 'legal basis, such as consent_withdrawn')
    .option('--requested-by <who>', 'subject, controller or authority', 'subject')
    .requiredOption('--reason <text>', 'why; it is on record')
    .action(async (user: string, options: { basis: string; requestedBy: string; reason: string }) =>
      (await import('./subject.js')).eraseSubject(readSettings(process.env), user, options),
    );
  subject
    .command('hold')
    .description('forbid to erase somebody')
    .argument('<user>', 'username, or id')
    .requiredOption('--matter <text>', 'the case it is for')
    .requiredOption('--reason <text>', 'why; it is on record')
    .action(async (user: string, options: { matter: string; reason: string }) =>
      (await import('./subject.js')).placeHold(readSettings(process.env), user, options),
    );
  subject
    .command('holds')
    .description('print the legal holds on somebody')
    .argument('<user>', 'username, or id')
    .action(async (user: string) =>
      (await import('./subject.js')).listHolds(readSettings(process.env), user),
    );
  subject
    .command('release')
    .description('end a legal hold')
    .argument('<user>', 'username, or id')
    .argument('<hold>')
    .requiredOption('--reason <text>', 'why; it is on record')
    .action(async (user: string, hold: string, options: { reason: string }) =>
      (await import('./subject.js')).releaseHold(readSettings(process.env), user, hold, options),
    );
  subject
    .command('rotate-key')
    .description('give somebody a new key for what is sealed from now on')
    .argument('<user>', 'username, or id')
    .action(async (user: string) =>
      (await import('./subject.js')).rotateSubjectKey(readSettings(process.env), user),
    );
};

/** The verbs on backups. */
export const addBackupVerbs = (program: Command): void => {
  program
    .command('backup')
    .description('write everything that cannot be made anew into a folder, while the product runs')
    .argument('<folder>', 'new, empty, or left by an interrupted run')
    .option('--keys <folder>', 'where the keys go, apart from the rest')
    .action(async (folder: string, options: { keys?: string }) =>
      (await import('./backup.js')).backupTo(readSettings(process.env), folder, options),
    );
  program
    .command('restore')
    .description('load a backup into an empty installation')
    .argument('<folder>')
    .option('--keys <folder>', 'where the keys of the backup are')
    .action(async (folder: string, options: { keys?: string }) =>
      (await import('./restore.js')).restoreFrom(readSettings(process.env), folder, options),
    );
  program
    .command('verify')
    .description(
      'check the log, what stands beside it and what was made from it; exit 0, 1 (mismatch) or 3 (undecided)',
    )
    .option('--json', 'print the result as JSON')
    .action(async (options: { json?: boolean }) =>
      (await import('../verify/run.js')).verify(readSettings(process.env), options),
    );
};
