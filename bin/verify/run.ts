import { createLogger } from '../logger.js';
import { explainConnectionFailure, joinDatabase } from '../open/open-database.js';
import { progressLine } from '../progress-line.js';
import type { Settings } from '../configuration.js';
import { verifyStore, type Check } from './verify.js';

const shown = 10;

const linesOf = ({ name, state, count, problems }: Check): string => {
  const rest = problems.length - shown;
  return [
    `${state.padEnd(9)}  ${name}${state === 'ok' ? ` (${count.toLocaleString('en')})` : ''}`,
    ...problems.slice(0, shown).map((problem) => `           ${problem}`),
    ...(rest > 0 ? [`           and ${String(rest)} more`] : []),
  ].join('\n');
};

/** Exit code: 0 verified, 1 something does not match, 3 something could not be decided. */
const exitCodeOf = (checks: readonly Check[]): number => {
  if (checks.some(({ state }) => state === 'mismatch')) return 1;
  return checks.some(({ state }) => state === 'undecided') ? 3 : 0;
};

/** Verifies the store and prints what was found. Sets the exit code of the process. */
export const verify = async (settings: Settings, options: { readonly json?: boolean }): Promise<void> => {
  const log = createLogger(settings.MUNIMENT_LOG_LEVEL);
  const database = await joinDatabase(settings, log);
  try {
    const progress = progressLine('events');
    const checks = await verifyStore({
      settings,
      connection: database.connection,
      log,
      onCheck: (check) => {
        if (!options.json) progress.end(linesOf(check));
      },
      onProgress: (what, done, of) => {
        progress.show(done, of, what);
      },
    }).catch((error: unknown) => {
      throw explainConnectionFailure(error, settings);
    });
    const code = exitCodeOf(checks);
    if (options.json) process.stdout.write(`${JSON.stringify({ verified: code === 0, checks }, null, 1)}\n`);
    else
      process.stdout.write(
        `${code === 0 ? 'Verified.' : code === 1 ? 'Something does not match.' : 'Not everything could be decided.'}\n`,
      );
    process.exitCode = code;
  } finally {
    await database.close();
  }
};
