// Appends to a log as fast as it can, until it is killed. A line on stdout for each batch that was acknowledged:
// node writer.mjs '{"connection": {...}, "url": "esdb://..." or null}'. Needs a build.
import { randomUUID } from 'node:crypto';
import { createPool } from '../../dist/adapters/postgres/pool.js';
import { Notifications } from '../../dist/adapters/postgres/notifications.js';

const { connection, url } = JSON.parse(process.argv[2]);
const pool = createPool(connection, () => undefined);
const open = async () => {
  if (url === null) {
    const { PostgresEventStore } =
      await import('../../dist/adapters/eventstore/postgres/postgres-event-store.js');
    return PostgresEventStore.open(pool, new Notifications(connection, []));
  }
  const { EventStoreDBEventStore } =
    await import('../../dist/adapters/eventstore/eventstoredb/eventstoredb-event-store.js');
  return EventStoreDBEventStore.open(url, pool);
};

const event = () => ({
  id: randomUUID(),
  type: 'note.created',
  version: 1,
  data: {},
  meta: {},
  at: new Date(),
});

/** Two streams, a claim, a secret and an answer: all of it or nothing. */
const batch = () => {
  const [first, second] = [`note-${randomUUID()}`, `note-${randomUUID()}`];
  return {
    streams: [first, second].map((stream) => ({ stream, expected: 'no_stream', events: [event(), event()] })),
    claims: [{ op: 'take', kind: 'note.title', hash: randomUUID(), stream: first }],
    vault: [{ ref: randomUUID(), version: 1, kind: 'k', sealed: 's', fingerprint: null }],
    command: {
      id: randomUUID(),
      requestHash: 'h',
      sealedResult: 's',
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  };
};

const store = await open();
const line = (what, mine) =>
  process.stdout.write(
    `${JSON.stringify({
      what,
      streams: mine.streams.map(({ stream }) => stream),
      ref: mine.vault[0].ref,
      command: mine.command.id,
    })}\n`,
  );
const write = async () => {
  for (;;) {
    const mine = batch();
    line('begun', mine);
    await store.append(mine);
    line('stored', mine);
  }
};
await Promise.all(Array.from({ length: 4 }, write));
