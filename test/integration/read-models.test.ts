import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { groups, logReader, openBuilderDatabase, skippedIn } from '../../bin/read-models.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { execute } from '../../commands/pipeline.js';
import { skipEventCommand } from '../../commands/projection/skip-event.js';
import type { GroupStatus } from '../../commands/ports.js';
import { UnitOfWork } from '../../commands/unit-of-work.js';
import { systemContext } from '../../commands/system-context.js';
import { user } from '../../domain/directory/user/user.js';
import { audit } from '../../projections/audit/project.js';
import {
  BuildHalted,
  BuildRunning,
  rebuildTables,
  type BuildOptions,
} from '../../projections/build-tables.js';
import { directory } from '../../projections/directory/project.js';
import { nextSchema } from '../../projections/group-schema.js';
import type { Database, LogReader } from '../../projections/projection.js';
import { readProgress } from '../../projections/progress.js';
import { Client } from '../support/client.js';
import { contentOf } from '../support/read-models.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';
import { silent } from '../support/silent-log.js';

let product: Product;
let builders: Database;
let building: BuildOptions;

const createUser = (name: string): Promise<{ userId: string }> =>
  product.run(createUserCommand, { username: `${name}-${randomUUID()}`, email: '', attributes: {} });

const statusOf = async (name: string): Promise<GroupStatus> =>
  (await product.core.ports.readModels.status()).find(
    (status) => status.name === name && status.state === 'live',
  )!;

beforeAll(async () => {
  product = await startProduct();
  const { store, sealer } = product.core.ports;
  builders = openBuilderDatabase(product.connection, silent);
  building = { db: builders, log: logReader(store, sealer), skippedEvents: skippedIn(store, sealer) };
  for (let n = 0; n < 20; n += 1) await createUser('somebody');
});
afterAll(async () => {
  await builders.destroy();
  await product.stop();
});

describe('R4: a rebuild', () => {
  it('of everything, during load, shows the same rows, and reads answer throughout', async () => {
    let stop = false;
    const load = async (): Promise<void> => {
      for (let n = 0; n < 40; n += 1) await createUser('new');
    };
    let reads = 0;
    const read = async (): Promise<void> => {
      const client = new Client(product.baseUrl);
      while (!stop) {
        const { users, auditEntries } = await client.admin(
          '{ users(first: 5) { totalCount } auditEntries(first: 5) { totalCount } }',
        );
        expect(users.totalCount).toBeGreaterThan(20);
        expect(auditEntries.totalCount).toBeGreaterThan(20);
        reads += 1;
      }
    };
    const reading = read();
    const loading = load();
    await rebuildTables(building, groups);
    await loading;
    stop = true;
    await reading;
    expect(reads).toBeGreaterThan(0);
    await product.settle();
    const rebuilt = await Promise.all(groups.map((group) => contentOf(product.core.db, group.live)));
    await rebuildTables(building, groups);
    await product.settle();
    for (const [index, group] of groups.entries())
      expect(await contentOf(product.core.db, group.live)).toEqual(rebuilt[index]);
    expect((await statusOf('directory')).lagEvents).toBe(0);
  });

  it('goes on where it was ended, and nobody else may build meanwhile', async () => {
    const stopped = new AbortController();
    const before = await contentOf(product.core.db, directory.live);
    const slow: LogReader = {
      ...building.log,
      readAll: ({ after }) => building.log.readAll({ after, limit: 10 }),
    };
    let rival: unknown;
    const first = rebuildTables(
      {
        ...building,
        log: slow,
        signal: stopped.signal,
        onProgress: ({ position }) => {
          rival ??= rebuildTables(building, [directory]).catch((error: unknown) => error);
          if (position >= 30n) stopped.abort();
        },
      },
      [directory],
    );
    await expect(first).rejects.toThrow('aborted');
    expect(await rival).toBeInstanceOf(BuildRunning);
    const left = await readProgress(product.core.db, nextSchema(directory));
    expect(left?.state).toBe('building');
    expect(left!.position).toBeGreaterThanOrEqual(30n);
    let from = -1n;
    await rebuildTables(
      {
        ...building,
        log: {
          ...building.log,
          readAll: (options) => {
            if (from < 0n) from = options.after;
            return building.log.readAll(options);
          },
        },
      },
      [directory],
    );
    expect(from).toBe(left!.position);
    expect(await contentOf(product.core.db, directory.live)).toEqual(before);
    expect(await readProgress(product.core.db, nextSchema(directory))).toBeNull();
  });
});

/** Appends an event that no command would write, past all checks. */
const appendPoison = async (type: string, data: unknown, version = 1): Promise<bigint> => {
  const { store } = product.core.ports;
  const meta = {
    commandId: randomUUID(),
    correlationId: 'poison',
    causationId: null,
    actor: { type: 'system', id: 'test' },
    onBehalfOf: null,
    sessionId: null,
    brandId: null,
    tenant: 'main',
    via: 'system',
    requestId: null,
  };
  const stream = `${type.slice(0, type.indexOf('.'))}-${randomUUID()}`;
  const event = { id: randomUUID(), type, version, data, meta, at: new Date() };
  const { position } = await store.append({
    streams: [{ stream, expected: 'no_stream', events: [event] }],
    claims: [],
    vault: [],
    command: null,
  });
  return position;
};

const halted = (name: string, position: bigint): Promise<void> =>
  vi.waitFor(async () => {
    expect((await statusOf(name)).halt?.position).toBe(position);
  }, 5000);

const skip = (name: string, position: bigint, reason = 'It was written by a test.'): Promise<unknown> => {
  const { ports } = product.core;
  const context = { ...systemContext(ports, 'test'), reason };
  return execute(ports, skipEventCommand, { group: name, position: String(position) }, context);
};

/** Ends whatever a test has halted, in the order in which it halts. */
const mend = async (): Promise<void> => {
  for (;;) {
    const stuck = (await product.core.ports.readModels.status()).find(
      ({ halt, state }) => halt !== null && state === 'live',
    );
    if (!stuck) break;
    await skip(stuck.name, stuck.halt!.position).catch(() => undefined);
    await vi.waitFor(async () => {
      expect((await statusOf(stuck.name)).halt?.position).not.toBe(stuck.halt!.position);
    }, 5000);
  }
  await product.settle();
};

describe('R6: an event that cannot be applied', () => {
  beforeEach(mend);

  it.each([
    ['lacks a field', 'user.created', { userId: randomUUID() }, 1],
    ['is of a type that is not known', 'user.beamed', { userId: randomUUID() }, 1],
    ['is of a version that is not known', 'user.deleted', { userId: randomUUID(), username: 'x' }, 99],
  ])('that %s halts the groups that fold it, and no other', async (_what, type, data, version) => {
    const poison = await appendPoison(type, data, version);
    await halted('directory', poison);
    const { ports } = product.core;
    await expect(ports.readModels.waitFor(poison, 5000, ['directory'])).rejects.toMatchObject({
      code: 'PROJECTION_BEHIND',
    });
    await ports.readModels.waitFor(poison, 5000, ['access', 'config', 'inbox']);
    expect((await statusOf('directory')).lagEvents).toBeGreaterThan(0);
    await mend();
    const { userId } = await createUser('after');
    expect(await ports.users.byId(userId)).not.toBeNull();
  });

  it('in the event log alone leaves sign-in as it was; a waiter is told at once', async () => {
    // The directory knows nothing of grants, and access holds whatever ids it is given.
    const poison = await appendPoison('weather.changed', { set: {} });
    await halted('audit', poison);
    const began = Date.now();
    await expect(product.core.ports.readModels.waitFor(poison, 20_000, ['audit'])).rejects.toMatchObject({
      code: 'PROJECTION_BEHIND',
    });
    expect(Date.now() - began).toBeLessThan(2000);
    const person = new Client(product.baseUrl);
    const answer = await person.login('akadmin', adminPassword);
    expect(answer.body.component).toBe('xak-flow-redirect');
  });

  it('is left out by a decision only, which names the position, says why, and holds in rebuilds', async () => {
    const poison = await appendPoison('weather.changed', { set: {} });
    await halted('audit', poison);
    await expect(skip('audit', poison - 1n)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(skip('directory', poison)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(skip('audit', poison, ' ')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const rebuild = rebuildTables({ ...building, skippedEvents: () => Promise.resolve(new Set()) }, [audit]);
    await expect(rebuild).rejects.toBeInstanceOf(BuildHalted);
    await skip('audit', poison);
    await halted('stats', poison);
    await skip('stats', poison);
    await vi.waitFor(product.settle, 5000);
    expect((await statusOf('audit')).halt).toBeNull();
    const shown = await contentOf(product.core.db, audit.live);
    await rebuildTables(building, [audit]);
    expect(await contentOf(product.core.db, audit.live)).toEqual(shown);
    const { auditEntries } = await new Client(product.baseUrl).admin(
      '{ auditEntries(first: 20) { nodes { action context } } }',
    );
    expect(auditEntries.nodes).toContainEqual({
      action: 'configuration_warning',
      context: expect.objectContaining({ position: String(poison) }),
    });
  });

  it('is tried again when somebody says so, long before its turn', async () => {
    await sql`create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$`.execute(
      product.core.db,
    );
    const table = sql.id(directory.live, 'user');
    await sql`create trigger refuse before insert on ${table} for each row execute function refuse()`.execute(
      product.core.db,
    );
    const { position } = await appendUser();
    await halted('directory', position);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await sql`drop trigger refuse on ${table}; drop function refuse()`.execute(product.core.db);
    await product.core.ports.readModels.retry('directory');
    await vi.waitFor(async () => {
      expect((await statusOf('directory')).halt).toBeNull();
    }, 1000);
  });

  it('of the largest size is applied like any other', async () => {
    const { userId } = await createUser('large');
    const text = 'x'.repeat(180_000);
    const { ports } = product.core;
    const unit = new UnitOfWork(ports, systemContext(ports, 'test'), randomUUID());
    await unit.load(user, userId);
    unit.append('user', userId, [
      { type: 'user.attributes.changed', data: { userId, attributes: { text }, was: {} } },
    ]);
    const batch = await unit.toBatch();
    const size = JSON.stringify(batch.streams[0]!.events[0]!.data).length;
    expect(size).toBeGreaterThan(240_000);
    await ports.store.append(batch);
    await product.settle();
    expect((await ports.users.byId(userId))?.attributes['text']).toHaveLength(text.length);
  });
});

/** A user whose read model is not waited for. */
const appendUser = async (): Promise<{ position: bigint }> => {
  const { position } = await execute(
    product.core.ports,
    createUserCommand,
    { username: `unseen-${randomUUID()}`, email: '', attributes: {} },
    systemContext(product.core.ports, 'test'),
  );
  return { position: position! };
};
