import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, databaseUrl, type TestDatabase } from '../support/database.js';
import { Installation } from '../support/process.js';

interface Told {
  readonly verified: boolean;
  readonly checks: readonly { readonly name: string; readonly state: string }[];
}

let database: TestDatabase;
let installation: Installation;

const verify = async (): Promise<Told & { readonly code: number | null }> => {
  const { code, stdout } = await installation.run(['verify', '--json']);
  return { code, ...(JSON.parse(stdout) as Told) };
};
const change = async (text: string): Promise<void> => {
  const client = new pg.Client(databaseUrl(database));
  await client.connect();
  await client.query(text);
  await client.end();
};

beforeAll(async () => {
  database = await createDatabase();
  installation = await Installation.create({ DATABASE_URL: databaseUrl(database) });
  await installation.start();
}, 120_000);
afterAll(async () => {
  await installation.destroy();
  await database.drop();
});

describe('R22: muniment verify', () => {
  it('exits 0 when everything holds', async () => {
    expect(await verify()).toMatchObject({ code: 0, verified: true });
  });

  it('exits 3 when something cannot be looked at', async () => {
    await change(`delete from projection.progress where schema like 'inbox%'`);
    const told = await verify();
    expect(told).toMatchObject({ code: 3, verified: false });
    expect(told.checks.filter(({ state }) => state !== 'ok')).toEqual([
      expect.objectContaining({ state: 'undecided' }),
    ]);
  });

  it('exits 1 when an event was taken out', async () => {
    await change('delete from es.event where position = 3');
    expect(await verify()).toMatchObject({ code: 1, verified: false });
  });
});
