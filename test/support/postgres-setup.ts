import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { EmbeddedPostgres, embeddedConnection } from '../../adapters/embedded-postgres/supervisor.js';
import type { ConnectionOptions } from '../../adapters/postgres/pool.js';
import { silent } from './silent-log.js';

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: ConnectionOptions;
  }
}

/** One real Postgres for a whole run of tests; each test file makes a database of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'muniment-test-'));
  const supervisor = await EmbeddedPostgres.start(folder, silent);
  project.provide('postgres', await embeddedConnection(folder));
  return async () => {
    await supervisor.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
