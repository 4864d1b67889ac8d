import type { PoolClient } from 'pg';
import type { EventStore, StoredEvent } from '../../../commands/ports.js';
import { Claims } from '../eventstoredb/claims.js';
import { Connection } from '../eventstoredb/connection.js';
import { Streams } from '../eventstoredb/streams.js';
import { isSameEvent, LogsDiffer, pagesOf } from './compare-logs.js';

const scanSize = 500;

const insert = async (client: PoolClient, events: readonly StoredEvent[], head: bigint): Promise<void> => {
  await client.query(
    `with added as (
       insert into es.event (position, stream, revision, id, type, version, data, meta, at, recorded_at)
         select $2::bigint + n, stream, revision, id, type, version, data, meta, at, "recordedAt"
           from rows from (jsonb_to_recordset($1::jsonb) as (stream text, revision integer, id uuid, type text,
             version smallint, data jsonb, meta jsonb, at timestamptz, "recordedAt" timestamptz)) with ordinality
                  as e(stream, revision, id, type, version, data, meta, at, "recordedAt", n))
     update es.head set position = $2::bigint + $3`,
    [JSON.stringify(events.map((event) => ({ ...event, position: undefined }))), head, events.length],
  );
};

/** Names of all streams of claims, from the log itself: there is no index of streams. */
const claimStreams = async (connection: Connection): Promise<Set<string>> => {
  const names = new Set<string>();
  for (let from: bigint | null = null; ;) {
    const page = await connection.readAll({ from, limit: scanSize });
    for (const { event } of page) if (event?.streamId.startsWith('claim-')) names.add(event.streamId);
    if (page.length < scanSize) return names;
    from = page.at(-1)?.event?.position?.commit ?? null;
  }
};

/**
 * Puts the events of an EventStoreDB behind those that the database has already, which must be the same from the start;
 * then the claims that hold. Goes on where an earlier run ended. Throws `LogsDiffer`.
 */
export const copyToPostgres = async (options: {
  readonly from: EventStore;
  readonly to: EventStore;
  readonly url: string;
  readonly client: PoolClient;
  /** Told up to which position of the source everything is there. */
  readonly onCopied: (position: bigint) => void;
}): Promise<void> => {
  const { client, from, to } = options;
  let head = await to.head();
  let seen = 0n;
  for await (const page of pagesOf(from)) {
    const known = seen < head ? await to.readAll({ after: seen, limit: page.length }) : [];
    known.forEach((event, index) => {
      if (!isSameEvent(event, page[index]!)) throw new LogsDiffer(page[index]!.position);
    });
    seen = known.at(-1)?.position ?? seen;
    const fresh = page.slice(known.length);
    if (fresh.length > 0) {
      await insert(client, fresh, head);
      head += BigInt(fresh.length);
      seen = head;
    }
    options.onCopied(page.at(-1)!.position);
  }
  const connection = new Connection(options.url);
  try {
    const streams = new Streams(connection);
    const claims = new Claims(connection, streams, { exists: () => Promise.resolve(false) });
    const held = [];
    for (const name of await claimStreams(connection)) {
      const text = name.slice('claim-'.length);
      const [kind, hash] = [text.slice(0, text.lastIndexOf('.')), text.slice(text.lastIndexOf('.') + 1)];
      const stream = await claims.holder({ op: 'take', kind, hash, stream: '' });
      if (stream !== null) held.push({ kind, hash, stream });
    }
    await client.query('begin');
    await client.query('delete from es.claim');
    await client.query(
      `insert into es.claim (kind, hash, stream, position)
         select kind, hash, stream, $2 from jsonb_to_recordset($1::jsonb) as c(kind text, hash text, stream text)`,
      [JSON.stringify(held), head],
    );
    await client.query('commit');
  } finally {
    await connection.close();
  }
};
