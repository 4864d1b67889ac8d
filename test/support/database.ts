import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { ConnectionOptions } from '../../adapters/postgres/pool.js';

export interface TestDatabase {
  readonly connection: ConnectionOptions;
  readonly drop: () => Promise<void>;
}

const administer = async (sql: string): Promise<void> => {
  const client = new pg.Client({ ...inject('postgres'), database: 'postgres' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

/** A new empty database in the Postgres of this run. */
export const createDatabase = async (): Promise<TestDatabase> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(`create database ${name}`);
  return {
    connection: { ...inject('postgres'), database: name },
    drop: () => administer(`drop database if exists ${name} with (force)`),
  };
};

/** What `DATABASE_URL` says of a database. */
export const databaseUrl = ({ connection }: TestDatabase): string => {
  const { host, user, password, database } = connection as Record<string, string>;
  return `postgres://${user!}:${encodeURIComponent(password!)}@localhost/${database!}?host=${encodeURIComponent(host!)}`;
};
