import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { EventStoreDBEventStore } from '../../adapters/eventstore/eventstoredb/eventstoredb-event-store.js';
import { MemoryEventStore } from '../../adapters/eventstore/memory/memory-event-store.js';
import { logChannel } from '../../adapters/eventstore/postgres/bell.js';
import { PostgresEventStore } from '../../adapters/eventstore/postgres/postgres-event-store.js';
import { migrate } from '../../adapters/postgres/migrate.js';
import { Notifications } from '../../adapters/postgres/notifications.js';
import { createPool } from '../../adapters/postgres/pool.js';
import { freePort } from '../../bin/free-port.mjs';
import type { EventStore } from '../../commands/ports.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startNode, type EventStoreDBNode } from '../support/eventstoredb-node/node.mjs';
import { openSilentProxy } from '../support/silent-proxy.js';
import { skipped } from './skipped.js';

/** What a test may do to the server behind an adapter. */
export interface Server {
  /** Appends are stored from now on and their answers lost, until it is healed. */
  readonly loseAnswers: () => void;
  /** Takes everything and answers nothing. */
  readonly silence: () => void;
  readonly heal: () => void;
  /** Breaks every connection; the server is back at once. */
  readonly restart: () => Promise<void>;
}

export interface Opened {
  readonly store: EventStore;
  /** Another store on the same log, as another process would have it. */
  readonly another: () => Promise<EventStore>;
  readonly server: Server | null;
  readonly node: EventStoreDBNode | null;
  readonly close: () => Promise<void>;
}

type Open = () => Promise<Opened>;
type Closer = () => Promise<unknown>;

const closeAll = async (closers: Closer[]): Promise<void> => {
  for (const close of closers.reverse()) await close();
};

const memory: Open = () => {
  const store = new MemoryEventStore();
  return Promise.resolve({
    store,
    another: () => Promise.resolve(store),
    server: null,
    node: null,
    close: () => store.close(),
  });
};

const migrated = async (closers: Closer[]): Promise<TestDatabase> => {
  const database = await createDatabase();
  closers.push(database.drop);
  const pool = createPool(database.connection, () => undefined);
  await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }));
  await pool.end();
  return database;
};

const postgres: Open = async () => {
  const closers: Closer[] = [];
  const database = await migrated(closers);
  const proxy = await openSilentProxy(database.connection);
  closers.push(proxy.close);
  const another = async (): Promise<EventStore> => {
    const pool = createPool(proxy.connection, () => undefined);
    closers.push(() => pool.end());
    const notifications = new Notifications(proxy.connection, [logChannel]);
    closers.push(() => notifications.close());
    await notifications.connect();
    return PostgresEventStore.open(pool, notifications);
  };
  const restart = async (): Promise<void> => {
    const pool = createPool(database.connection, () => undefined);
    await pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await pool.end();
  };
  return {
    store: await another(),
    another,
    server: {
      loseAnswers: proxy.swallowAnswers,
      silence: proxy.freeze,
      heal: proxy.heal,
      restart,
    },
    node: null,
    close: () => closeAll(closers),
  };
};

const openOn = (url: string, database: TestDatabase, closers: Closer[]): (() => Promise<EventStore>) => {
  return async () => {
    const pool = createPool(database.connection, () => undefined);
    closers.push(() => pool.end());
    const store = await EventStoreDBEventStore.open(url, pool);
    closers.push(() => store.close());
    return store;
  };
};

const standIn =
  (batch: boolean): Open =>
  async () => {
    const closers: Closer[] = [];
    const database = await migrated(closers);
    const folder = await mkdtemp(join(tmpdir(), 'muniment-esdb-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const log = join(folder, 'events.log');
    let node = await startNode({ log, batch, port: await freePort() });
    closers.push(() => {
      node.stop();
      return Promise.resolve();
    });
    const restart = async (): Promise<void> => {
      node.stop();
      node = await startNode({ log, batch, port: node.port });
    };
    const another = openOn(node.url, database, closers);
    return {
      store: await another(),
      another,
      server: {
        // The process dies between write and answer, again and again.
        loseAnswers: () => {
          node.faults.beforeAnswer = () => restart().then(() => new Promise(() => undefined));
        },
        silence: () => {
          node.silence(true);
        },
        heal: () => {
          node.silence(false);
          delete node.faults.beforeAnswer;
        },
        restart,
      },
      get node() {
        return node;
      },
      close: () => closeAll(closers),
    };
  };

/** A server of the operator's, e.g. esdb://localhost:2113?tls=false. What is in its log stays. */
const real =
  (url: string): Open =>
  async () => {
    const closers: Closer[] = [];
    const database = await migrated(closers);
    const another = openOn(url, database, closers);
    return { store: await another(), another, server: null, node: null, close: () => closeAll(closers) };
  };

const realUrl = process.env['MUNIMENT_TEST_ESDB_URL'];

const adapters: Record<string, Open> = {
  memory,
  postgres,
  'eventstoredb, stand-in, batch append': standIn(true),
  'eventstoredb, stand-in, classic append': standIn(false),
  ...(realUrl === undefined ? {} : { 'eventstoredb, real server': real(realUrl) }),
};

export interface Subject extends Opened {
  readonly name: string;
  /** As `it`, but left out where the list of skipped cases says so. */
  readonly holds: (title: string, run: () => Promise<void>, timeoutMs?: number) => void;
}

interface Case {
  readonly title: string;
  readonly run: () => Promise<void>;
  readonly timeoutMs: number | undefined;
}

/** The cases that an adapter runs: all but those that the list names. */
const casesOf = (subject: Subject, describeCases: (subject: Subject) => void): readonly Case[] => {
  const all: Case[] = [];
  const collecting = Object.create(subject, {
    holds: {
      value: (title: string, run: () => Promise<void>, timeoutMs?: number) => {
        all.push({ title, run, timeoutMs });
      },
    },
  }) as Subject;
  describeCases(collecting);
  return all.filter(
    ({ title }) => !skipped.some((entry) => entry.title === title && entry.adapters.test(subject.name)),
  );
};

/** Runs the same cases on every adapter. What is opened is there from the first case on. */
export const describeStores = (theme: string, describeCases: (subject: Subject) => void): void => {
  for (const name of Object.keys(adapters)) {
    let opened: Opened | null = null;
    const subject = { name } as Subject;
    for (const key of ['store', 'another', 'server', 'node'] as const)
      Object.defineProperty(subject, key, { get: () => opened![key] });
    const cases = casesOf(subject, describeCases);
    if (cases.length > 0)
      describe(`event store contract, ${theme}: ${name}`, () => {
        beforeAll(async () => {
          opened = await adapters[name]!();
        });
        afterAll(() => opened?.close());
        for (const { title, run, timeoutMs } of cases) it(title, run, timeoutMs);
      });
  }
};

export const randomText = (): string => randomBytes(16).toString('base64url');
