import { Kysely, PostgresDialect, sql } from 'kysely';
import { openForReaders } from '../adapters/eventstore/open-for-readers.js';
import type { LogTail } from '../adapters/eventstore/log-tail.js';
import { createPool, type ConnectionOptions } from '../adapters/postgres/pool.js';
import type { EventStore, GroupStatus, Logger, ReadModels, Sealer } from '../commands/ports.js';
import { DomainError } from '../domain/kernel/errors.js';
import { fold } from '../domain/kernel/event.js';
import { skippedEvents, type ProjectionEvent } from '../domain/projection/skipped-events.js';
import { access } from '../projections/access/project.js';
import { projectionChannel } from '../projections/announce.js';
import { audit } from '../projections/audit/project.js';
import { buildFirstTables, BuildRunning, isLive } from '../projections/build-tables.js';
import type { ConfigModel } from '../projections/config/config-model.js';
import { config } from '../projections/config/project.js';
import { directory } from '../projections/directory/project.js';
import { nextSchema } from '../projections/group-schema.js';
import { history } from '../projections/history/project.js';
import { privacy } from '../projections/privacy/project.js';
import { stats } from '../projections/stats/project.js';
import { inbox } from '../projections/inbox/project.js';
import { ssf } from '../projections/ssf/project.js';
import { dropUnused, listProgress, type Progress } from '../projections/progress.js';
import type { Database, LogReader, ProjectionGroup, SkippedEvents } from '../projections/projection.js';
import { ProjectionRunner } from '../projections/runner.js';
import type { OpenedStore } from './open/open-store.js';
import { progressLine } from './progress-line.js';
import { startRebuild } from './start-rebuild.js';

export const groups: readonly ProjectionGroup[] = [
  directory,
  access,
  config,
  audit,
  inbox,
  history,
  privacy,
  stats,
  ssf,
];
/** Groups that sign-in and settings read. */
export const waitedFor: readonly string[] = ['directory', 'access', 'config', 'privacy'];
/** How long others gather events before they write: rules wait for the log, and for the rest nobody does. */
const gatherMs: Readonly<Record<string, number>> = { audit: 0, inbox: 15, ssf: 15, history: 60, stats: 60 };
const catchUpMs = 60_000;
const otherBuilderMs = 500;
/** Fewer events are read before anybody wonders. */
const toldFrom = 10_000n;

/** The log as builders of read models read it. */
export const logReader = (store: EventStore, sealer: Sealer): LogReader => ({
  head: () => store.head(),
  readAll: (options) => store.readAll(options),
  openEvents: (events) => openForReaders(sealer, events),
});

/** What was decided to be left out of a group, as the log tells it. */
export const skippedIn =
  (store: EventStore, sealer: Sealer): SkippedEvents =>
  async (group) => {
    const events = await sealer.openEvents(await store.readStream(`${skippedEvents.category}-${group.name}`));
    const decisions = fold(skippedEvents, events as unknown as ProjectionEvent[]);
    return new Set(
      decisions.filter(({ version }) => version === group.version).map(({ eventId }) => eventId),
    );
  };

/** A database for builders: its statements may take as long as they need. */
export const openBuilderDatabase = (connection: ConnectionOptions, log: Logger): Database =>
  new Kysely({
    dialect: new PostgresDialect({
      pool: createPool(
        {
          ...connection,
          max: groups.length + 2,
          statement_timeout: 0,
          query_timeout: 0,
          application_name: `muniment build ${String(process.pid)}`,
          options: '-c jit=off -c synchronous_commit=off -c maintenance_work_mem=128MB',
        },
        (error) => {
          log.warn({ err: error }, 'an idle database connection broke');
        },
      ),
    }),
  });

/** Builds the tables of groups that have none in this version, beside those of other versions, which stay as they are. */
export const prepareReadModels = async (
  { store, sealer, backgroundDb }: OpenedStore,
  connection: ConnectionOptions,
  log: Logger,
): Promise<void> => {
  const missing = async (): Promise<ProjectionGroup[]> => {
    const live = await Promise.all(groups.map((group) => isLive(backgroundDb, group)));
    return groups.filter((_group, index) => !live[index]);
  };
  if ((await missing()).length === 0) return;
  const db = openBuilderDatabase(connection, log);
  const line = progressLine('events into new read models');
  try {
    for (let left = await missing(); left.length > 0; left = await missing())
      try {
        await buildFirstTables(
          {
            db,
            log: logReader(store, sealer),
            skippedEvents: skippedIn(store, sealer),
            onProgress: ({ position, head }) => {
              if (head >= toldFrom) line.show(Number(position), Number(head));
            },
          },
          left,
        );
      } catch (error) {
        if (!(error instanceof BuildRunning)) throw error;
        await new Promise((resolve) => setTimeout(resolve, otherBuilderMs));
      }
  } finally {
    await db.destroy();
  }
};

/** Drops what versions of the past have left behind. */
export const dropUnusedReadModels = async (db: Database, log: Logger): Promise<void> => {
  const dropped = await dropUnused(
    db,
    groups.flatMap((group) => [group.live, nextSchema(group)]),
  );
  if (dropped.length > 0) log.info({ schemas: dropped }, 'unused read models were dropped');
};

/** The read models of a process: what keeps them up to date, and how they stand. */
export interface RunningReadModels {
  readonly runners: ReadonlyMap<string, ProjectionRunner>;
  readonly port: ReadModels;
  /** Resolves when every group shows the log as it is now, or has halted. */
  readonly settled: () => Promise<void>;
}

/** Starts to keep the read models up to date. */
export const startReadModels = async (
  { store, sealer, backgroundDb, notifications }: OpenedStore,
  tail: LogTail,
  configModel: ConfigModel,
  log: Logger,
  closers: (() => Promise<unknown>)[],
): Promise<RunningReadModels> => {
  const runners = new Map(
    groups.map((group) => [
      group.name,
      new ProjectionRunner({
        group,
        db: backgroundDb,
        feed: tail,
        skippedEvents: skippedIn(store, sealer),
        gatherMs: gatherMs[group.name] ?? null,
        onFailure: (error, position) => {
          log.error({ err: error, group: group.name, position: String(position) }, 'a read model has halted');
        },
      }),
    ]),
  );
  for (const runner of runners.values()) {
    await runner.start();
    closers.push(() => runner.stop());
  }
  notifications.on('connected', () => {
    for (const runner of runners.values()) runner.recheck();
  });
  notifications.on(projectionChannel, (message?: string) => {
    const [word, name = ''] = message?.split(' ') ?? [];
    if (word === 'retry') runners.get(name)?.retry();
    if (word === 'switched' && name === config.live)
      configModel
        .reload(backgroundDb, (after) => tail.read(after, 500))
        .catch((error: unknown) => {
          log.error({ err: error }, 'the configuration could not be read again');
        });
  });
  const waitFor: ReadModels['waitFor'] = async (position, timeoutMs, names = waitedFor) => {
    const waits = names.map((name) => runners.get(name)!.waitFor(position, timeoutMs));
    await Promise.all([
      ...waits,
      ...(names.includes('config') ? [untilTail(tail, position, timeoutMs)] : []),
    ]);
  };
  const positionOf = ({ schema, position }: Progress): bigint => {
    const shown = groups.find(({ live }) => live === schema);
    const own = shown ? runners.get(shown.name)!.state.position : 0n;
    return own > position ? own : position;
  };
  return {
    runners,
    port: {
      waitFor,
      status: async () => (await statusOf(backgroundDb, store, positionOf)).filter(isOurs),
      retry: async (group) => {
        await sql`select pg_notify(${projectionChannel}, ${`retry ${group}`})`.execute(backgroundDb);
      },
      rebuild: (group) => startRebuild(group, log),
    },
    settled: async () => {
      const head = await store.head();
      const settle = async (name: string, runner: ProjectionRunner): Promise<void> => {
        try {
          await waitFor(head, catchUpMs, [name]);
        } catch (error) {
          // A start does not wait for what can be mended only in a running product.
          if (!runner.state.halt && waitedFor.includes(name)) throw error;
        }
      };
      await Promise.all([...runners].map(([name, runner]) => settle(name, runner)));
    },
  };
};

/** Whether tables are of a version that this process reads or rebuilds. */
const isOurs = ({ schema }: GroupStatus): boolean =>
  groups.some((group) => group.live === schema || nextSchema(group) === schema);

/** How every set of tables stands; `positionOf` may know better than the stored checkpoint. */
export const statusOf = async (
  db: Database,
  store: EventStore,
  positionOf: (progress: Progress) => bigint = ({ position }) => position,
): Promise<readonly GroupStatus[]> => {
  const [sets, head] = await Promise.all([listProgress(db), store.head()]);
  return Promise.all(
    sets.map(async (set): Promise<GroupStatus> => {
      const position = positionOf(set);
      const behind = head > position;
      const [next] = behind ? await store.readAll({ after: position, limit: 1 }) : [];
      return {
        name: set.name,
        version: set.version,
        schema: set.schema,
        state: set.state,
        position,
        lagEvents: behind ? Number(head - position) : 0,
        lagSeconds: next ? Math.max(0, (Date.now() - next.at.getTime()) / 1000) : 0,
        halt:
          set.failedPosition === null || set.failedPosition <= position
            ? null
            : { position: set.failedPosition, failure: set.failure ?? '', since: set.failedAt ?? new Date() },
        startedAt: set.startedAt,
      };
    }),
  );
};

/** The configuration in memory follows the tail, not a read model's table. */
const untilTail = (tail: LogTail, position: bigint, timeoutMs: number): Promise<void> =>
  tail.position >= position
    ? Promise.resolve()
    : new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          stop();
          reject(new DomainError('PROJECTION_BEHIND'));
        }, timeoutMs);
        const stop = tail.listen((events) => {
          if ((events.at(-1)?.position ?? 0n) < position) return;
          clearTimeout(timer);
          stop();
          resolve();
        });
      });
