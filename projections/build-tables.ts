import { sql } from 'kysely';
import type { RecordedEvent } from '../domain/kernel/event.js';
import { isConnectionFailure } from '../domain/kernel/store-errors.js';
import { projectionChannel } from './announce.js';
import { applyEvents, concerning, failureText } from './apply-events.js';
import { nextSchema } from './group-schema.js';
import {
  advanceTables,
  makeTables,
  readProgress,
  recordFailure,
  runInSchema,
  type Progress,
} from './progress.js';
import type { Database, LogReader, ProjectionGroup, SkippedEvents, Tx } from './projection.js';
import { readAhead } from './read-ahead.js';

const pageSize = 4000;
/** Tables that are this far behind are switched: the rest is applied while nobody else may write. */
const closeEnough = 1000n;
/** Key of the advisory locks of builders; the second key is a hash of the schema. */
const builderLock = 7305003;

/** Somebody else makes the tables at this moment. */
export class BuildRunning extends Error {
  constructor(schema: string) {
    super(`another process is building ${schema}`);
    this.name = 'BuildRunning';
  }
}

/** An event that cannot be applied: the build has come to it and can go on from there. */
export class BuildHalted extends Error {
  readonly group: string;
  readonly position: bigint;

  constructor(group: string, position: bigint, cause: unknown) {
    super(`${group} has halted at position ${String(position)}: ${failureText(cause)}`, { cause });
    this.name = 'BuildHalted';
    this.group = group;
    this.position = position;
  }
}

export interface BuildProgress {
  /** Position up to which all groups of the build have come. */
  readonly position: bigint;
  readonly head: bigint;
  readonly phase: 'events' | 'indexes' | 'switched';
}

export interface BuildOptions {
  /** Connections without a time limit for statements. */
  readonly db: Database;
  readonly log: LogReader;
  readonly skippedEvents: SkippedEvents;
  readonly onProgress?: (progress: BuildProgress) => void;
  readonly signal?: AbortSignal;
}

/** Tables under construction. */
interface Site {
  readonly group: ProjectionGroup;
  readonly schema: string;
  readonly skipped: ReadonlySet<string>;
  position: bigint;
}

/** Holds the right to build some tables as long as the work takes. Throws `BuildRunning`. */
const asOnlyBuilder = <T>(db: Database, schemas: readonly string[], work: () => Promise<T>): Promise<T> =>
  db.connection().execute(async (connection) => {
    try {
      for (const schema of schemas) {
        const { rows } = await sql<{ taken: boolean }>`
          select pg_try_advisory_lock(${builderLock}, hashtext(${schema})) as taken`.execute(connection);
        if (!rows[0]?.taken) throw new BuildRunning(schema);
      }
      return await work();
    } finally {
      await sql`select pg_advisory_unlock_all()`.execute(connection).catch(() => undefined);
    }
  });

/** Applies events to one site and remembers how far it is, as one. What it has seen already is left out. */
const applyTo = (
  { db }: BuildOptions,
  site: Site,
  events: readonly RecordedEvent[],
  position: bigint,
): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ position: bigint }>`
      select position from projection.progress where schema = ${site.schema} for update`.execute(tx);
    await applyBeyond(tx, site, events, rows[0]?.position ?? 0n);
    await advanceTables(tx, site.schema, position);
  });

const applyBeyond = (
  tx: Tx,
  { group, schema, skipped }: Site,
  events: readonly RecordedEvent[],
  position: bigint,
): Promise<void> =>
  applyEvents(
    tx,
    group,
    schema,
    concerning(
      group,
      events.filter((event) => event.position > position),
      skipped,
    ),
  );

/** Applies a page; when it fails, half by half, until the event is found that cannot be applied. */
const applyPage = async (
  options: BuildOptions,
  site: Site,
  events: readonly RecordedEvent[],
  position: bigint,
): Promise<void> => {
  if (position <= site.position) return;
  try {
    await applyTo(options, site, events, position);
    site.position = position;
  } catch (error) {
    if (isConnectionFailure(error)) throw error;
    if (events.length <= 1) {
      const at = events[0]?.position ?? position;
      await recordFailure(options.db, site.schema, at, failureText(error));
      throw new BuildHalted(site.group.name, at, error);
    }
    const middle = events.length >> 1;
    await applyPage(options, site, events.slice(0, middle), events[middle - 1]!.position);
    await applyPage(options, site, events.slice(middle), position);
  }
};

/** Reads the log once for all sites, from where the one furthest behind stands up to its present end. */
const catchUp = async (options: BuildOptions, sites: readonly Site[]): Promise<void> => {
  const { log, onProgress, signal } = options;
  const handles = (type: string): boolean => sites.some(({ group }) => group.handles(type));
  const from = sites.reduce(
    (least, site) => (site.position < least ? site.position : least),
    sites[0]!.position,
  );
  for await (const { events, position } of readAhead(log, { after: from, limit: pageSize, handles })) {
    signal?.throwIfAborted();
    await Promise.all(
      sites.map((site) =>
        applyPage(
          options,
          site,
          events.filter(({ type }) => site.group.handles(type)),
          position,
        ),
      ),
    );
    onProgress?.({ position, head: await log.head(), phase: 'events' });
  }
};

/** Makes the indexes that were left out for the load, and tells the planner what the tables hold. */
const finish = async ({ db }: BuildOptions, { group, schema }: Site): Promise<void> => {
  await db.transaction().execute((tx) => runInSchema(tx, schema, group.indexes));
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = ${schema}`.execute(db);
  for (const { name } of rows) await sql`analyze ${sql.id(schema, name)}`.execute(db);
};

const fillTables = async (options: BuildOptions, sites: readonly Site[]): Promise<void> => {
  const { log, onProgress } = options;
  await catchUp(options, sites);
  onProgress?.({ position: sites[0]!.position, head: await log.head(), phase: 'indexes' });
  await Promise.all(sites.map((site) => finish(options, site)));
  await catchUp(options, sites);
};

const openSite = async (options: BuildOptions, group: ProjectionGroup, schema: string): Promise<Site> => {
  const { position } = await makeTables(options.db, group, schema);
  return { group, schema, position, skipped: await options.skippedEvents(group) };
};

/**
 * Makes the first tables of groups that have none in this version yet. An event that cannot be applied ends the build
 * of its group right before it: from there on it is a halted group like any other. Throws `BuildRunning`.
 */
export const buildFirstTables = (options: BuildOptions, groups: readonly ProjectionGroup[]): Promise<void> =>
  asOnlyBuilder(
    options.db,
    groups.map(({ live }) => live),
    async () => {
      let sites = await Promise.all(groups.map((group) => openSite(options, group, group.live)));
      while (sites.length > 0)
        try {
          await fillTables(options, sites);
          await Promise.all(sites.map((site) => release(options, site)));
          sites = [];
        } catch (error) {
          if (!(error instanceof BuildHalted)) throw error;
          const halted = sites.find(({ group }) => group.name === error.group)!;
          await finish(options, halted);
          await release(options, halted);
          sites = sites.filter((site) => site !== halted);
        }
    },
  );

const release = async ({ db }: BuildOptions, { schema }: Site): Promise<void> => {
  await sql`update projection.progress set state = 'live' where schema = ${schema}`.execute(db);
};

/**
 * Makes the tables of groups anew beside those that are read and written all the while, and puts them in their place.
 * Ended at any moment, it goes on from its checkpoint the next time. Throws `BuildRunning`, `BuildHalted`.
 */
export const rebuildTables = (options: BuildOptions, groups: readonly ProjectionGroup[]): Promise<void> =>
  asOnlyBuilder(options.db, groups.map(nextSchema), async () => {
    const sites = await Promise.all(groups.map((group) => openSite(options, group, nextSchema(group))));
    await fillTables(options, sites);
    for (const site of sites) await switchTables(options, site);
    options.onProgress?.({
      position: sites[0]!.position,
      head: await options.log.head(),
      phase: 'switched',
    });
  });

/** Puts new tables in the place of those that are read, in one transaction that no writer can interleave. */
const switchTables = async (options: BuildOptions, site: Site): Promise<void> => {
  const { db, log } = options;
  const { group, schema } = site;
  while ((await log.head()) - site.position > closeEnough) await catchUp(options, [site]);
  const worn = `${group.live}_worn`;
  await sql`drop schema if exists ${sql.id(worn)} cascade`.execute(db);
  await db.transaction().execute(async (tx) => {
    await sql`set local synchronous_commit = on`.execute(tx);
    const { rows } = await sql<Pick<Progress, 'schema' | 'position'>>`
      select schema, position from projection.progress where schema in (${group.live}, ${schema}) order by schema for update`.execute(
      tx,
    );
    const live = rows.find((row) => row.schema === group.live)?.position ?? 0n;
    site.position = rows.find((row) => row.schema === schema)!.position;
    for await (const { events, position } of readAhead(log, {
      after: site.position,
      limit: pageSize,
      handles: (type) => group.handles(type),
      until: live,
    })) {
      await applyBeyond(tx, site, events, site.position);
      site.position = position;
    }
    const served = rows.some((row) => row.schema === group.live);
    if (served) await sql`alter schema ${sql.id(group.live)} rename to ${sql.id(worn)}`.execute(tx);
    await sql`alter schema ${sql.id(schema)} rename to ${sql.id(group.live)}`.execute(tx);
    await sql`delete from projection.progress where schema = ${group.live}`.execute(tx);
    await sql`update projection.progress
      set schema = ${group.live}, state = 'live', position = ${site.position}, used_at = now(),
          failed_at = null, failed_position = null, failure = null
      where schema = ${schema}`.execute(tx);
    await sql`select pg_notify(${projectionChannel}, ${`switched ${group.live}`})`.execute(tx);
  });
  // Queries that began before hold the old tables until they end.
  await sql`drop schema if exists ${sql.id(worn)} cascade`.execute(db);
};

/** Whether a group's tables are there and read. */
export const isLive = async (db: Database, group: ProjectionGroup): Promise<boolean> =>
  (await readProgress(db, group.live))?.state === 'live';
