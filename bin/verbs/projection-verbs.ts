import type { Command } from 'commander';
import { readSettings } from '../configuration.js';

/** The verbs that show and mend read models. */
export const addProjectionCommands = (program: Command): void => {
  const verb = program.command('projections').description('show and mend the read models');
  verb
    .command('list')
    .description('how far every set of tables is')
    .action(async () => {
      const { listProjections } = await import('./projections.js');
      await listProjections(readSettings(process.env));
    });
  verb
    .command('rebuild')
    .description('make tables anew from the log, beside those that are read, and switch')
    .argument('<group>', 'a group, or all')
    .action(async (group: string) => {
      const { rebuildProjections } = await import('./projections.js');
      await rebuildProjections(readSettings(process.env), group);
    });
  verb
    .command('retry')
    .description('let a halted group try again at once')
    .argument('<group>', 'a group, or all')
    .action(async (group: string) => {
      const { retryProjection } = await import('./projections.js');
      await retryProjection(readSettings(process.env), group);
    });
  verb
    .command('skip')
    .description('leave the event at which a group has halted out of it, for ever')
    .argument('<group>')
    .argument('<position>', 'position of the event')
    .requiredOption('--reason <text>', 'why; it is on record')
    .action(async (group: string, position: string, { reason }: { reason: string }) => {
      const { skipProjectionEvent } = await import('./projections.js');
      await skipProjectionEvent(readSettings(process.env), group, position, reason);
    });
  verb
    .command('drop')
    .description('drop tables of a version that is no longer used')
    .argument('<schema>', 'as "list" names it')
    .action(async (schema: string) => {
      const { dropProjection } = await import('./projections.js');
      await dropProjection(readSettings(process.env), schema);
    });
};
