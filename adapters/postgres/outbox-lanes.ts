import pg from 'pg';
import type { Attempt, Delivery, OutboxLanes } from '../../commands/delivery-ports.js';
import type { ConnectionOptions } from './pool.js';

/** First key of the advisory locks of lanes; the second is a hash of the lane's name. */
const lockClass = 7305;

/** Loose scan over the index: costs as much as there are lanes, however long they are. */
const waitingLanes = `
with recursive lanes as (
  (select lane from outbox.delivery where reactor = $1 and status = 'pending' order by lane limit 1)
  union all
  select (select d.lane from outbox.delivery d
           where d.reactor = $1 and d.status = 'pending' and d.lane > l.lane order by d.lane limit 1)
    from lanes l where l.lane is not null
)
select l.lane, greatest(extract(epoch from first.due_at - now()) * 1000, 0)::float8 as "inMs"
  from lanes l
  join lateral (select due_at from outbox.delivery d
                 where d.reactor = $1 and d.status = 'pending' and d.lane = l.lane order by d.number limit 1) as first on true`;

/** Notes an attempt of the delivery that was just marked. A delivery that people let leave again goes on counting. */
const attempted = `insert into outbox.attempt (delivery_id, number, outcome, status, latency_ms, failure)
  select id, (select coalesce(max(a.number), 0) + 1 from outbox.attempt a where a.delivery_id = done.id), $4, $5::int, $6::int, $3
    from done where $6::int is not null`;

const partsOf = (attempt: Attempt | null): readonly (number | null)[] => [
  attempt?.status ?? null,
  attempt === null ? null : Math.round(attempt.latencyMs),
];

/**
 * One connection that holds the locks of the lanes on which this process delivers. A process that dies loses it and
 * them at once, so that another goes on without waiting for a lease to end.
 */
export class LaneConnection implements OutboxLanes {
  readonly #client: pg.Client;
  readonly #reactor: string;
  readonly #lost = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(client: pg.Client, reactor: string) {
    this.#client = client;
    this.#reactor = reactor;
  }

  static async open(connection: ConnectionOptions, reactor: string): Promise<LaneConnection> {
    const client = new pg.Client({
      ...connection,
      application_name: 'muniment deliver',
      connectionTimeoutMillis: 2000,
      statement_timeout: 5000,
      keepAlive: true,
    });
    const lanes = new LaneConnection(client, reactor);
    const onLost = (): void => {
      lanes.#lost.abort();
    };
    client.on('error', onLost);
    client.on('end', onLost);
    await client.connect();
    return lanes;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** One statement after the other: lanes work at the same time and share the connection. */
  #query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const result = this.#last.then(async () => {
      this.#lost.signal.throwIfAborted();
      return (await this.#client.query<Row>(text, [...values])).rows;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  waiting(): Promise<readonly { readonly lane: string; readonly inMs: number }[]> {
    return this.#query(waitingLanes, [this.#reactor]);
  }

  async take(lane: string): Promise<boolean> {
    const rows = await this.#query<{ taken: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as taken',
      [lockClass, `${this.#reactor} ${lane}`],
    );
    return rows[0]?.taken ?? false;
  }

  async release(lane: string): Promise<void> {
    await this.#query('select pg_advisory_unlock($1, hashtext($2))', [lockClass, `${this.#reactor} ${lane}`]);
  }

  async first(lane: string): Promise<Delivery | null> {
    const rows = await this.#query<Delivery & { readonly due: boolean }>(
      `select id, lane, reference, attempts, created_at as "createdAt", due_at <= now() as due
         from outbox.delivery where reactor = $1 and lane = $2 and status = 'pending' order by number limit 1`,
      [this.#reactor, lane],
    );
    return rows[0]?.due ? rows[0] : null;
  }

  async finish(
    id: string,
    status: 'delivered' | 'dropped' | 'parked',
    failure: string | null,
    attempt: Attempt | null,
  ): Promise<void> {
    await this.#query(
      `with done as (
         update outbox.delivery set status = $2, failure = $3, finished_at = now(), attempts = attempts + 1
          where id = $1 and status = 'pending' returning id)
       ${attempted}`,
      [id, status, failure, status === 'delivered' ? 'delivered' : 'failed', ...partsOf(attempt)],
    );
  }

  async retry(id: string, inMs: number, failure: string, attempt: Attempt): Promise<void> {
    await this.#query(
      `with done as (
         update outbox.delivery set attempts = attempts + 1, failure = $3, due_at = now() + $2 * interval '1 millisecond'
          where id = $1 and status = 'pending' returning id)
       ${attempted}`,
      [id, inMs, failure, 'failed', ...partsOf(attempt)],
    );
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}
