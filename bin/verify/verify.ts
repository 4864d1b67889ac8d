import { structureProblems } from '../../adapters/verify/log-structure.js';
import { readPages } from '../../adapters/verify/pages.js';
import { createPool, type ConnectionOptions } from '../../adapters/postgres/pool.js';
import type { Logger } from '../../commands/ports.js';
import { compareWithFold } from '../../projections/compare-with-fold.js';
import { isLive } from '../../projections/build-tables.js';
import type { Settings } from '../configuration.js';
import { openStore, type OpenedStore } from '../open/open-store.js';
import { groups, logReader, skippedIn } from '../read-models.js';
import { claimProblems, secretProblems, subjectKeyProblems } from './checks.js';
import { readLog } from './read-log.js';

/** One thing that was looked at. `undecided`: it could not be looked at. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'mismatch' | 'undecided';
  /** How many things it is about. */
  readonly count: number;
  readonly problems: readonly string[];
}

export interface VerifyOptions {
  readonly settings: Settings;
  readonly connection: ConnectionOptions;
  readonly log: Logger;
  readonly onCheck: (check: Check) => void;
  readonly onProgress: (what: string, done: number, of: number) => void;
}

const check = (name: string, count: number, problems: readonly string[]): Check => ({
  name,
  state: problems.length === 0 ? 'ok' : 'mismatch',
  count,
  problems,
});

const undecided = (name: string, why: string): Check => ({
  name,
  state: 'undecided',
  count: 0,
  problems: [why],
});

/** The database alone: its pages, and the order of the log. */
const verifyDatabase = async ({ connection }: VerifyOptions): Promise<readonly Check[]> => {
  const pool = createPool({ ...connection, statement_timeout: 0, query_timeout: 0 }, () => undefined);
  try {
    const { checksums, tables, problems } = await readPages(pool);
    const pages = check('pages', tables, problems);
    return [
      pages.state === 'ok' && !checksums
        ? undecided('pages', 'the database was made without checksums: a flipped byte stays unseen')
        : pages,
      // A damaged page ends every query that meets it.
      ...(pages.state === 'ok' ? [check('log', 1, await structureProblems(pool))] : []),
    ];
  } finally {
    await pool.end();
  }
};

const verifyReadModels = async (
  { store, sealer, backgroundDb }: OpenedStore,
  { onCheck, onProgress }: VerifyOptions,
): Promise<readonly Check[]> => {
  const options = {
    db: backgroundDb,
    log: logReader(store, sealer),
    skippedEvents: skippedIn(store, sealer),
  };
  const checks: Check[] = [];
  for (const group of groups) {
    const name = `read model ${group.name}`;
    let result: Check;
    if (await isLive(backgroundDb, group)) {
      const { rows, differences } = await compareWithFold(options, group, (position, of) => {
        onProgress(name, Number(position), Number(of));
      });
      result = check(
        name,
        rows,
        differences.map(
          ({ table, missing, surplus }) =>
            `${group.live}.${table}: ${String(missing)} rows are missing or differ, ${String(surplus)} are there that the log does not tell`,
        ),
      );
    } else result = undecided(name, 'its tables are not built yet');
    onCheck(result);
    checks.push(result);
  }
  return checks;
};

/** Looks at everything that the log promises: its own order, what stands beside it, and what was made from it. */
export const verifyStore = async (options: VerifyOptions): Promise<readonly Check[]> => {
  const checks: Check[] = [];
  const add = (result: Check): void => {
    checks.push(result);
    options.onCheck(result);
  };
  for (const result of await verifyDatabase(options)) add(result);
  if (checks.some(({ name, state }) => name === 'pages' && state === 'mismatch')) return checks;
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const opened = await openStore(options.settings, options.connection, options.log, closers);
    const { store, sealer, backgroundPool } = opened;
    const tells = await readLog(store, sealer, (done, of) => {
      options.onProgress('events', done, of);
    });
    add(check('events', tells.events, tells.problems));
    add(check('claims', tells.claims.size, await claimProblems(backgroundPool, tells)));
    add(check('secrets', tells.secrets.size, await secretProblems(store, sealer, tells)));
    add(check('subject keys', tells.subjectKeys.size, await subjectKeyProblems(backgroundPool, tells)));
    if (tells.problems.length === 0) checks.push(...(await verifyReadModels(opened, options)));
    else add(undecided('read models', 'events that cannot be read cannot be folded'));
    return checks;
  } finally {
    for (const close of closers.reverse()) await close();
  }
};
