import { sql } from 'kysely';
import { skipEventCommand } from '../../commands/projection/skip-event.js';
import { execute } from '../../commands/pipeline.js';
import type { GroupStatus } from '../../commands/ports.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { projectionChannel } from '../../projections/announce.js';
import { BuildHalted, BuildRunning, rebuildTables } from '../../projections/build-tables.js';
import { dropTables, listProgress } from '../../projections/progress.js';
import type { ProjectionGroup } from '../../projections/projection.js';
import { OperatorError, type Settings } from '../configuration.js';
import { createLogger } from '../logger.js';
import { explainConnectionFailure, joinDatabase, type OpenedDatabase } from '../open/open-database.js';
import { openStore, type OpenedStore } from '../open/open-store.js';
import { operatorContext, withCore } from '../operator.js';
import { progressLine } from '../progress-line.js';
import { groups, logReader, openBuilderDatabase, skippedIn, statusOf } from '../read-models.js';

/** Runs work on the log and the databases of this installation, whether the product is running or not. */
const withStore = async <T>(
  settings: Settings,
  work: (opened: OpenedStore, connection: OpenedDatabase['connection']) => Promise<T>,
): Promise<T> => {
  const log = createLogger(settings.MUNIMENT_LOG_LEVEL);
  const database = await joinDatabase(settings, log);
  const closers: (() => Promise<unknown>)[] = [database.close];
  try {
    const opened = await openStore(settings, database.connection, log, closers).catch((error: unknown) => {
      throw explainConnectionFailure(error, settings);
    });
    return await work(opened, database.connection);
  } finally {
    for (const close of closers.reverse()) await close();
  }
};

const named = (name: string): readonly ProjectionGroup[] => {
  const found = name === 'all' ? groups : groups.filter((group) => group.name === name);
  if (found.length === 0)
    throw new OperatorError(
      `There are no read models ${name}; there are ${groups.map((group) => group.name).join(', ')}.`,
    );
  return found;
};

const lineOf = (status: GroupStatus): string =>
  [
    status.schema.padEnd(20),
    (status.halt ? 'halted' : status.state).padEnd(9),
    String(status.position).padStart(12),
    String(status.lagEvents).padStart(10),
    `${status.lagSeconds.toFixed(1)} s`.padStart(12),
    status.halt
      ? `  at ${String(status.halt.position)} since ${status.halt.since.toISOString()}: ${status.halt.failure}`
      : '',
  ].join(' ');

/** Prints how every set of tables stands. */
export const listProjections = (settings: Settings): Promise<void> =>
  withStore(settings, async ({ backgroundDb, store }) => {
    const lines = (await statusOf(backgroundDb, store)).map(lineOf);
    const head = `${'tables'.padEnd(20)} ${'state'.padEnd(9)} ${'position'.padStart(12)} ${'behind by'.padStart(10)} ${'age'.padStart(12)}`;
    process.stdout.write(`${[head, ...lines].join('\n')}\n`);
  });

/** Makes tables anew beside those that are read, and puts them in their place. Ended at any moment, it goes on the next time. */
export const rebuildProjections = (settings: Settings, name: string): Promise<void> =>
  withStore(settings, async ({ store, sealer }, connection) => {
    const chosen = named(name);
    const line = progressLine('events');
    const db = openBuilderDatabase(connection, createLogger(settings.MUNIMENT_LOG_LEVEL));
    const began = Date.now();
    try {
      await rebuildTables(
        {
          db,
          log: logReader(store, sealer),
          skippedEvents: skippedIn(store, sealer),
          onProgress: ({ position, head, phase }) => {
            line.show(Number(position), Number(head), phase === 'indexes' ? 'making indexes' : undefined);
          },
        },
        chosen,
      );
    } catch (error) {
      if (error instanceof BuildRunning || error instanceof BuildHalted)
        throw new OperatorError(`${error.message}.`);
      throw error;
    } finally {
      await db.destroy();
    }
    line.end(
      `${chosen.map((group) => group.name).join(', ')} rebuilt in ${((Date.now() - began) / 1000).toFixed(1)} s.`,
    );
  });

/** Lets a halted group try again at once. */
export const retryProjection = (settings: Settings, name: string): Promise<void> =>
  withStore(settings, async ({ backgroundDb }) => {
    for (const group of named(name))
      await sql`select pg_notify(${projectionChannel}, ${`retry ${group.name}`})`.execute(backgroundDb);
  });

/** Leaves the event at which a group has halted out of it. The position must be typed in. */
export const skipProjectionEvent = (
  settings: Settings,
  name: string,
  position: string,
  reason: string,
): Promise<void> =>
  withCore(settings, async ({ ports }) => {
    const context = { ...operatorContext(ports), reason };
    await execute(ports, skipEventCommand, { group: name, position }, context).catch((error: unknown) => {
      throw error instanceof DomainError && error.fields[0]
        ? new OperatorError(error.fields[0].message)
        : error;
    });
    process.stdout.write(`The event at position ${position} is left out of ${name}.\n`);
  });

/** Drops tables of a version that no process uses any more. */
export const dropProjection = (settings: Settings, schema: string): Promise<void> =>
  withStore(settings, async ({ backgroundDb }) => {
    if (groups.some((group) => group.live === schema))
      throw new OperatorError(`${schema} is what this version reads; rebuild it instead.`);
    const known = (await listProgress(backgroundDb)).map((set) => set.schema);
    const before = groups.map((group) => group.name);
    if (!known.includes(schema) && !before.includes(schema))
      throw new OperatorError(`There are no tables ${schema}.`);
    await dropTables(backgroundDb, schema);
    process.stdout.write(`${schema} is dropped.\n`);
  });
