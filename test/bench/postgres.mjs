import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { EmbeddedPostgres, embeddedConnection } from '../../dist/adapters/embedded-postgres/supervisor.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The embedded Postgres of a bench, which floors and product share. `database` makes a new one; `url` names it for a process. */
export const startPostgres = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muniment-bench-'));
  const supervisor = await EmbeddedPostgres.start(folder, silent);
  const connection = await embeddedConnection(folder);
  const database = async (name) => {
    const client = new pg.Client({ ...connection, database: 'postgres' });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return { ...connection, database: name };
  };
  return {
    folder,
    database,
    url: ({ database: name }) =>
      `postgres://${connection.user}:${connection.password}@localhost/${name}?host=${encodeURIComponent(connection.host)}`,
    stop: async () => {
      await supervisor.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
