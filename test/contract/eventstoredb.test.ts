/** What only the adapter for EventStoreDB has to cope with. Node loss, not-leader and deleted streams are simulated by the stand-in. */
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventStoreDBEventStore } from '../../adapters/eventstore/eventstoredb/eventstoredb-event-store.js';
import { migrate } from '../../adapters/postgres/migrate.js';
import { createPool } from '../../adapters/postgres/pool.js';
import type { AppendBatch, EventStore } from '../../commands/ports.js';
import {
  ClaimTaken,
  OutcomeUnknown,
  StoreUnavailable,
  WrongVersion,
} from '../../domain/kernel/store-errors.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startNode, type EventStoreDBNode } from '../support/eventstoredb-node/node.mjs';
import { randomText } from './adapters.js';
import { batch, claim, command, event, followed, fresh, wholeLog } from './builders.js';

describe('EventStoreDB, stand-in', () => {
  let database: TestDatabase;
  let pool: Pool;
  let node: EventStoreDBNode;
  let store: EventStore;

  beforeAll(async () => {
    database = await createDatabase();
    pool = createPool(database.connection, () => undefined);
    await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }));
    node = await startNode();
    store = await EventStoreDBEventStore.open(node.url, pool);
  });
  afterAll(async () => {
    await store.close();
    node.stop();
    await pool.end();
    await database.drop();
  });

  const certain = async (on: EventStore, mine: AppendBatch): Promise<bigint> => {
    for (const until = Date.now() + 15_000; ;)
      try {
        return (await on.append(mine)).position;
      } catch (error) {
        const goesOn = error instanceof OutcomeUnknown || error instanceof StoreUnavailable;
        if (!goesOn || Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
  };
  const intents = async (): Promise<number> =>
    (await pool.query<{ id: string }>('select id from es.intent')).rows.length;

  /** A log of its own with several nodes before it; everything is closed afterwards. */
  const withCluster = async (
    run: (
      nodes: [EventStoreDBNode, EventStoreDBNode],
      open: (url: string) => Promise<EventStore>,
    ) => Promise<void>,
  ): Promise<void> => {
    const first = await startNode();
    const second = await startNode({ shares: first });
    const opened: EventStore[] = [];
    try {
      await run([first, second], async (url) => {
        const on = await EventStoreDBEventStore.open(url, pool);
        opened.push(on);
        return on;
      });
    } finally {
      for (const on of opened) await on.close();
      second.stop();
      first.stop();
    }
  };

  it('keeps its name for ever, and each log has its own', async () => {
    const again = await EventStoreDBEventStore.open(node.url, pool);
    expect(again.storeId).toBe(store.storeId);
    await again.close();
    await withCluster(async ([first], open) => {
      expect((await open(first.url)).storeId).not.toBe(store.storeId);
    });
  });

  it("events of the server, of claims, and of strangers are not the product's", async () => {
    const stream = fresh();
    const start = await store.head();
    const client = EventStoreDBClient.connectionString(node.url);
    await client.appendToStream('other-1', jsonEvent({ type: 'stranger', data: {} }));
    await client.setStreamMetadata('other-1', { maxCount: 5 });
    await client.dispose();
    await store.append(
      batch(stream, 'no_stream', [event()], { claims: [claim('take', randomText(), stream)] }),
    );
    const seen = await followed(store, start, (events) => events.length > 0);
    expect(seen.map((item) => item.stream)).toEqual([stream]);
    expect(await store.readAll({ after: start, limit: 10 })).toEqual(seen);
    expect(await store.head()).toBe(seen[0]!.position);
    expect((await wholeLog(store)).every((item) => item.type === 'note.created')).toBe(true);
  });

  it('head looks past any number of foreign events', async () => {
    const position = await certain(store, batch(fresh(), 'no_stream', [event()]));
    const client = EventStoreDBClient.connectionString(node.url);
    for (let n = 0; n < 3; n += 1)
      await client.appendToStream(
        'other-2',
        Array.from({ length: 300 }, () => jsonEvent({ type: 'stranger', data: {} })),
      );
    await client.dispose();
    const reader = await EventStoreDBEventStore.open(node.url, pool);
    expect(await reader.head()).toBe(position);
    expect(await reader.readAll({ after: position, limit: 5 })).toEqual([]);
    await reader.close();
  });

  it('the log still shows the events of streams that were deleted or cut, as a server does before a scavenge', async () => {
    const start = await store.head();
    const [deleted, ended] = [fresh(), fresh()];
    await store.append(batch(deleted, 'no_stream', [event('deleted')]));
    await store.append(batch(ended, 'no_stream', [event('ended')]));
    await node.log.softDelete(deleted);
    await node.log.tombstone(ended);
    expect((await store.readAll({ after: start, limit: 10 })).map((item) => item.data)).toEqual([
      'deleted',
      'ended',
    ]);
    const reader = await EventStoreDBEventStore.open(node.url, pool);
    expect(await reader.readStream(deleted)).toEqual([]);
    await reader.close();
    await expect(store.append(batch(ended, 0, [event()]))).rejects.toBeInstanceOf(WrongVersion);
  });

  it('an answer that comes twice harms nobody', async () => {
    node.faults.duplicateAnswers = true;
    await Promise.all(Array.from({ length: 30 }, () => store.append(batch(fresh(), 'no_stream', [event()]))));
    node.faults.duplicateAnswers = false;
    await store.append(batch(fresh(), 'no_stream', [event()]));
  });

  it('a hundred appends in flight when the server goes away: each is refused once, and the process lives', async () => {
    const lost = await startNode();
    const writer = await EventStoreDBEventStore.open(lost.url, pool);
    let arrived = 0;
    lost.faults.beforeAppend = () => {
      arrived += 1;
      if (arrived === 10) lost.stop();
      return new Promise(() => undefined);
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => writer.append(batch(fresh(), 'no_stream', [event()]))),
    );
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    for (const outcome of outcomes)
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(OutcomeUnknown);
    await writer.close();
  });

  it('simulated: a node that is not the leader points at the leader, and the append arrives there', async () => {
    await withCluster(async ([leader, follower], open) => {
      const on = await open(follower.url);
      follower.faults.leader = { host: leader.host, port: leader.port };
      const mine = batch(fresh(), 'no_stream', [event()]);
      await certain(on, mine);
      expect(await on.readStream(mine.streams[0]!.stream)).toHaveLength(1);
    });
  });

  it('simulated: when the leader is lost, gossip names the new one, and both appends and a subscription go on', async () => {
    await withCluster(async ([first, second], open) => {
      const members = (leader: EventStoreDBNode, alive: boolean) =>
        [first, second].map((member) => ({
          host: member.host,
          port: member.port,
          state: member === leader ? ('leader' as const) : ('follower' as const),
          alive: alive || member === leader,
        }));
      first.faults.members = second.faults.members = members(first, true);
      const hosts = [first, second].map(({ host, port }) => `${host}:${String(port)}`).join(',');
      const on = await open(`esdb://${hosts}?tls=false&nodePreference=leader`);
      await certain(on, batch(fresh(), 'no_stream', [event('before')]));
      const following = followed(on, 0n, (seen) => seen.length >= 2);
      second.faults.members = members(second, false);
      const lost = { ...batch(fresh(), 'no_stream', [event('after')]) };
      first.faults.beforeAnswer = () => new Promise(() => undefined);
      const appending = certain(on, lost);
      setTimeout(() => {
        first.stop();
      }, 100);
      await appending;
      expect((await following).map((item) => item.data)).toEqual(['before', 'after']);
    });
  });

  it('R1, R2: what a killed process left half done is finished by the next start', async () => {
    const [first, second, hash] = [fresh(), fresh(), randomText()];
    const entry = { ref: randomUUID(), version: 1, kind: 'k', sealed: 's', fingerprint: null };
    const mine: AppendBatch = {
      streams: [first, second].map((stream) => ({ stream, expected: 'no_stream', events: [event()] })),
      claims: [claim('take', hash, first)],
      vault: [entry],
      command: command(),
    };
    const dying = await EventStoreDBEventStore.open(node.url, pool);
    // Its second stream is never written: the process is gone by then.
    node.faults.beforeAppend = (stream) => (stream === second ? new Promise(() => undefined) : undefined);
    void dying.append(mine).catch(() => undefined);
    await followed(store, await store.head(), (seen) => seen.some((item) => item.stream === first));
    expect(await dying.readVault(entry.ref, 1)).toEqual(entry);
    await dying.close();
    delete node.faults.beforeAppend;
    expect(await intents()).toBe(1);
    const next = await EventStoreDBEventStore.open(node.url, pool);
    expect(await next.readStream(second)).toHaveLength(1);
    expect(await next.readVault(entry.ref, 1)).toEqual(entry);
    expect(await next.findCommand(mine.command!.id)).toMatchObject({ command: mine.command });
    expect(await intents()).toBe(0);
    await next.close();
  });

  it('a stream that moved after the decision still gets its events, once', async () => {
    const [first, second] = [fresh(), fresh()];
    await store.append(batch(second, 'no_stream', [event('there')]));
    const mine: AppendBatch = {
      ...batch(first, 'no_stream', [event('decided')]),
      streams: [
        { stream: first, expected: 'no_stream', events: [event('decided')] },
        { stream: second, expected: 0, events: [event('follows')] },
      ],
    };
    const other = await EventStoreDBEventStore.open(node.url, pool);
    let moved = false;
    node.faults.beforeAnswer = async (stream) => {
      if (stream !== first || moved) return;
      moved = true;
      await other.append(batch(second, 0, [event('moved')]));
    };
    const { position } = await store.append(mine);
    delete node.faults.beforeAnswer;
    const stored = await store.readStream(second);
    expect(stored.map((item) => item.data)).toEqual(['there', 'moved', 'follows']);
    expect(stored.at(-1)?.position).toBe(position);
    expect(await store.append(mine)).toMatchObject({ outcome: 'repeated', position });
    await other.close();
  });

  it('a value taken by a process that died before its append is free when its intent is gone', async () => {
    const [owner, hash] = [fresh(), randomText()];
    const dying = await EventStoreDBEventStore.open(node.url, pool);
    node.faults.beforeAppend = (stream) => (stream === owner ? new Promise(() => undefined) : undefined);
    const mine = batch(owner, 'no_stream', [event()], { claims: [claim('take', hash, owner)] });
    void dying.append(mine).catch(() => undefined);
    const take = (stream: string) =>
      store.append(batch(stream, 'no_stream', [event()], { claims: [claim('take', hash, stream)] }));
    await expect
      .poll(() => node.log.all.some((item) => item.stream.endsWith(hash)), { timeout: 5000 })
      .toBe(true);
    await expect(take(fresh())).rejects.toBeInstanceOf(ClaimTaken);
    await dying.close();
    delete node.faults.beforeAppend;
    await pool.query('delete from es.intent');
    await take(fresh());
  });

  it('R8: what guards several streams is read when all of what it has let through is stored', async () => {
    const [guard, second] = [`lock${randomUUID().slice(0, 8)}-main`, fresh()];
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    node.faults.beforeAppend = (stream) => (stream === second ? held : undefined);
    const appending = store.append({
      ...batch(second, 'no_stream', []),
      streams: [
        { stream: second, expected: 'no_stream', events: [event()] },
        { stream: guard, expected: 'no_stream', events: [event()] },
      ],
    });
    await expect.poll(() => node.log.all.some((item) => item.stream === guard), { timeout: 5000 }).toBe(true);
    const order: string[] = [];
    const reading = store.readStream(guard).then((events) => {
      order.push('read');
      return events;
    });
    await store.readStream(fresh());
    order.push('let go');
    go();
    expect(await reading).toHaveLength(1);
    expect(order).toEqual(['let go', 'read']);
    expect(await store.readStream(second)).toHaveLength(1);
    await appending;
    delete node.faults.beforeAppend;
  });
});
