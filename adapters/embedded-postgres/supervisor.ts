import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, open, readFile, unlink } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../../commands/ports.js';
import type { ConnectionOptions } from '../postgres/pool.js';
import { findBinaries, type Binaries } from './binaries.js';
import { clusterPassword, ensureCluster, serviceFolder, superuser } from './cluster.js';
import { takeInstanceLock } from './instance-lock.js';
import { findServiceUser, type ServiceUser } from './service-user.js';

const database = 'muniment';
const longestSocketFolder = 80;
const watchMs = 500;
const stopMs = 3500;
const startMs = 60_000;

const mib = 1024 * 1024;

/** A sixteenth of the memory that this process may use: indexes that are written everywhere stay in it, and the rest is left to others. */
const sharedBuffers = (): string => {
  const constrained = process.constrainedMemory();
  const memory = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return `${String(Math.min(1024, Math.max(128, Math.floor(memory / 16 / mib))))}MB`;
};

const settings: Record<string, string> = {
  listen_addresses: '',
  max_connections: '80',
  shared_buffers: sharedBuffers(),
  // Disks of today read anywhere at nearly the same price.
  random_page_cost: '1.1',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  logging_collector: 'off',
  // Error texts of the server may quote values: the log gets neither details nor statements.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

/** Where the socket lives: in the data directory, or in a short path when that one is too long for a socket. */
const socketFolderOf = (dataDir: string): string => {
  const folder = join(dataDir, 'run');
  if (Buffer.byteLength(folder) <= longestSocketFolder) return folder;
  return join(tmpdir(), `muniment-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`);
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** How to reach the embedded Postgres of a data directory that some process has started. */
export const embeddedConnection = async (dataDir: string): Promise<ConnectionOptions> => ({
  host: socketFolderOf(dataDir),
  port: 5432,
  user: superuser,
  password: await clusterPassword(join(dataDir, 'keys', 'postgres.password')),
  database,
});

export const instanceLockPath = (dataDir: string): string => join(socketFolderOf(dataDir), 'muniment.lock');

/**
 * Runs the bundled Postgres in a process session of its own. A postmaster that outlived its supervisor is adopted; one
 * that dies is started again; a second supervisor on the same data is refused.
 */
export class EmbeddedPostgres {
  readonly #dataDir: string;
  readonly #log: Logger;
  readonly #cluster: string;
  readonly #runAs: ServiceUser | null = findServiceUser();
  #binaries: Binaries | null = null;
  #lock: Server | null = null;
  #pid: number | null = null;
  #stopping = false;
  #watch: NodeJS.Timeout | null = null;

  private constructor(dataDir: string, log: Logger) {
    this.#dataDir = dataDir;
    this.#log = log;
    this.#cluster = join(dataDir, 'postgres');
  }

  /** Starts or adopts the server of a data directory. Throws `AlreadyRunning` when another supervisor lives. */
  static async start(dataDir: string, log: Logger): Promise<EmbeddedPostgres> {
    const supervisor = new EmbeddedPostgres(dataDir, log);
    await supervisor.#start();
    return supervisor;
  }

  async #start(): Promise<void> {
    await mkdir(this.#dataDir, { recursive: true });
    if (this.#runAs) await chmod(this.#dataDir, 0o755);
    await serviceFolder(socketFolderOf(this.#dataDir), this.#runAs);
    this.#lock = await takeInstanceLock(instanceLockPath(this.#dataDir));
    this.#binaries = await findBinaries(this.#dataDir, this.#runAs);
    const password = await clusterPassword(join(this.#dataDir, 'keys', 'postgres.password'));
    await ensureCluster({ folder: this.#cluster, binaries: this.#binaries, password, runAs: this.#runAs });
    this.#pid = await this.#runningPostmaster();
    if (this.#pid === null) await this.#spawn();
    await this.#untilReady();
    await this.#ensureDatabase();
    this.#watch = setInterval(() => void this.#heal(), watchMs);
    this.#watch.unref();
  }

  /** Process id of a postmaster that serves this cluster; removes a stale note of one that is gone. */
  async #runningPostmaster(): Promise<number | null> {
    const note = join(this.#cluster, 'postmaster.pid');
    const pid = Number((await readFile(note, 'utf8').catch(() => '')).split('\n')[0]);
    if (!pid) return null;
    const command = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => null);
    const serves =
      command === null ? isAlive(pid) && process.platform !== 'linux' : command.includes(this.#cluster);
    if (serves) return pid;
    await unlink(note).catch(() => undefined);
    return null;
  }

  async #spawn(): Promise<void> {
    const log = await open(join(this.#dataDir, 'postgres.log'), 'a');
    const options = Object.entries({ ...settings, unix_socket_directories: socketFolderOf(this.#dataDir) });
    const child = spawn(
      this.#binaries!.postgres,
      ['-D', this.#cluster, ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        cwd: this.#cluster,
        ...(this.#runAs ? { uid: this.#runAs.uid, gid: this.#runAs.gid } : {}),
      },
    );
    child.on('error', (error) => {
      this.#log.error({ err: error }, 'Postgres could not be started');
    });
    child.unref();
    await log.close();
    this.#pid = child.pid ?? null;
  }

  async #untilReady(): Promise<void> {
    const deadline = Date.now() + startMs;
    for (;;) {
      const problem = await this.#probe();
      if (problem === null) return;
      if (this.#pid === null || !isAlive(this.#pid)) {
        if (Date.now() > deadline)
          throw new Error(`Postgres does not start. See ${join(this.#dataDir, 'postgres.log')}.`);
        // After a killed postmaster its children need a moment to let the shared memory go.
        await delay(200);
        this.#pid = (await this.#runningPostmaster()) ?? null;
        if (this.#pid === null) await this.#spawn();
      } else if (Date.now() > deadline)
        throw new Error(`Postgres does not answer. See ${join(this.#dataDir, 'postgres.log')}.`, {
          cause: problem,
        });
      await delay(15);
    }
  }

  async #probe(): Promise<unknown> {
    const client = new pg.Client({
      ...(await embeddedConnection(this.#dataDir)),
      database: 'postgres',
      connectionTimeoutMillis: 2000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return null;
    } catch (error) {
      return error;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async #ensureDatabase(): Promise<void> {
    const client = new pg.Client({
      ...(await embeddedConnection(this.#dataDir)),
      database: 'postgres',
    });
    await client.connect();
    try {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
      if (rowCount === 0) await client.query(`create database ${database}`);
    } finally {
      await client.end();
    }
  }

  async #heal(): Promise<void> {
    if (this.#stopping || this.#pid === null || isAlive(this.#pid)) return;
    this.#log.error({ pid: this.#pid }, 'Postgres has died and is started again');
    this.#pid = null;
    await this.#untilReady().catch((error: unknown) => {
      this.#log.error({ err: error }, 'Postgres could not be started again');
    });
  }

  /** Fast shutdown; after 3.5 seconds an immediate one, from which the next start recovers. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#watch) clearInterval(this.#watch);
    const pid = this.#pid;
    if (pid !== null && isAlive(pid)) {
      process.kill(pid, 'SIGINT');
      const deadline = Date.now() + stopMs;
      while (isAlive(pid) && Date.now() < deadline) await delay(10);
      if (isAlive(pid)) process.kill(pid, 'SIGQUIT');
    }
    this.#lock?.close();
  }
}
