// A Postgres cluster of the experiment's own: started, stopped, killed and filled up by its process id and folder.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from '../../dist/adapters/embedded-postgres/binaries.js';
import { ensureCluster, superuser } from '../../dist/adapters/embedded-postgres/cluster.js';
import { findServiceUser } from '../../dist/adapters/embedded-postgres/service-user.js';

const startMs = 60_000;
const diskMb = 400;

/** Everything that has this process as its parent. */
const childrenOf = (pid) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))[1]) === pid;
      } catch {
        return false;
      }
    })
    .map(Number);

const signal = (pid, name) => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
};

export class Cluster {
  #child = null;
  #stopped = [];
  #disk;

  /** `ownDisk`: the data lie on a small file system in memory. */
  constructor({ folder, port, ownDisk }) {
    this.folder = join(folder, 'postgres');
    this.port = port;
    this.password = randomBytes(18).toString('base64url');
    this.logFile = join(folder, 'postgres.log');
    this.#disk = ownDisk ? join(folder, 'disk') : null;
    /** Ends that nobody had ordered. */
    this.deaths = 0;
    this.wanted = false;
    this.runAs = findServiceUser();
  }

  async create(parent) {
    chmodSync(parent, 0o755);
    this.binaries = await findBinaries(parent, this.runAs);
    if (this.#disk !== null) {
      mkdirSync(this.#disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMb}m,mode=755`, 'tmpfs', this.#disk]);
      this.folder = join(this.#disk, 'postgres');
    }
    await ensureCluster({
      folder: this.folder,
      binaries: this.binaries,
      password: this.password,
      runAs: this.runAs,
    });
    await this.start();
    await this.query('create database chaos', 'postgres');
  }

  connection(database = 'chaos') {
    return { host: '127.0.0.1', port: this.port, user: superuser, password: this.password, database };
  }

  url(port = this.port) {
    return `postgres://${superuser}:${this.password}@127.0.0.1:${port}/chaos`;
  }

  async query(text, database = 'chaos', values = []) {
    const client = new pg.Client({ ...this.connection(database), connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Starts the postmaster and waits until it answers; one that gives up on its start is started again. */
  async start() {
    this.wanted = true;
    const deadline = Date.now() + startMs;
    for (;;) {
      if (this.#child === null) this.#spawn();
      if (await this.query('select 1', 'postgres').then(Boolean, () => false)) return;
      if (Date.now() > deadline) throw new Error(`Postgres does not start, see ${this.logFile}`);
      await delay(50);
    }
  }

  #spawn() {
    const log = openSync(this.logFile, 'a');
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(this.port),
      unix_socket_directories: '',
      max_connections: '120',
      wal_level: 'minimal',
      max_wal_senders: '0',
      max_wal_size: this.#disk === null ? '1GB' : '96MB',
      min_wal_size: '32MB',
      fsync: 'on',
      log_error_verbosity: 'terse',
      log_min_error_statement: 'panic',
    };
    const child = spawn(
      this.binaries.postgres,
      ['-D', this.folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      {
        cwd: this.folder,
        detached: true,
        stdio: ['ignore', log, log],
        ...(this.runAs ? { uid: this.runAs.uid, gid: this.runAs.gid } : {}),
      },
    );
    this.#child = child;
    child.once('exit', () => {
      if (this.#child !== child) return;
      this.#child = null;
      if (this.wanted) this.deaths += 1;
    });
  }

  get running() {
    return this.#child !== null;
  }

  /** Ends the postmaster: `SIGKILL`, `SIGQUIT` (immediate) or `SIGINT` (fast). */
  async end(name) {
    this.wanted = false;
    const child = this.#child;
    if (child === null) return;
    const gone = once(child, 'exit');
    signal(child.pid, name);
    await gone;
  }

  /** Nothing of the server runs any more, and nothing of it is gone. */
  freeze() {
    const { pid } = this.#child;
    this.#stopped = [pid, ...childrenOf(pid)];
    for (const each of this.#stopped) signal(each, 'SIGSTOP');
  }

  thaw() {
    for (const each of this.#stopped.splice(0).reverse()) signal(each, 'SIGCONT');
  }

  /** Leaves no space on the disk of the data. */
  fillDisk() {
    const file = join(this.#disk, 'ballast');
    const { bavail, bsize } = statfsSync(this.#disk);
    if (bavail > 0) execFileSync('fallocate', ['-l', String(bavail * bsize), file]);
    if (this.runAs) chownSync(file, this.runAs.uid, this.runAs.gid);
  }

  freeDisk() {
    rmSync(join(this.#disk, 'ballast'), { force: true });
  }

  /** Connections of the product. */
  async connections() {
    const rows = await this.query(
      "select count(*)::int as n from pg_stat_activity where application_name like 'muniment%'",
    );
    return rows[0].n;
  }

  async destroy() {
    this.thaw();
    await this.end('SIGQUIT').catch(() => undefined);
    if (this.#disk !== null) execFileSync('umount', ['--lazy', this.#disk]);
  }
}
