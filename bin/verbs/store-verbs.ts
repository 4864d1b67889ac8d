import type { Command } from 'commander';
import { readSettings } from '../configuration.js';

/** The verbs about the log itself. */
export const addStoreCommands = (program: Command): void => {
  program
    .command('store')
    .description('the log itself')
    .command('copy')
    .description('move the log between Postgres and EventStoreDB; stop the product first')
    .requiredOption('--from <url>', 'postgres://..., "database" for the own one, or esdb://...')
    .requiredOption('--to <url>', 'the other one')
    .action(async ({ from, to }: { from: string; to: string }) => {
      const { copyStore } = await import('./store-copy.js');
      await copyStore(readSettings(process.env), from, to);
    });
};
