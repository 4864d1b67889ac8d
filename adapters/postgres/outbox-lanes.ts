import type { Attempt, Delivery, OutboxLanes } from '../../commands/delivery-ports.js';
import { LockedConnection } from './locked-connection.js';
import type { ConnectionOptions } from './pool.js';

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

interface Waiting extends Delivery {
  readonly due: boolean;
}

const firstOf = (where: string): string =>
  `select id, lane, reference, attempts, created_at as "createdAt", due_at <= now() as due
     from outbox.delivery where ${where} and status = 'pending' order by number limit 1`;

const ifDue = ([first]: readonly Waiting[]): Delivery | null => (first?.due ? first : null);

/** Notes an attempt of the delivery that was just marked. A delivery that people let leave again goes on counting. */
const attempted = `insert into outbox.attempt (delivery_id, number, outcome, status, latency_ms, failure)
  select id, (select coalesce(max(a.number), 0) + 1 from outbox.attempt a where a.delivery_id = done.id), $4, $5::int, $6::int, $3
    from done where $6::int is not null`;

const partsOf = (attempt: Attempt | null): readonly (number | null)[] => [
  attempt?.status ?? null,
  attempt === null ? null : Math.round(attempt.latencyMs),
];

/** The lanes of one reactor under locks of this process. */
export class LaneConnection extends LockedConnection implements OutboxLanes {
  readonly #reactor: string;

  private constructor(connection: ConnectionOptions, reactor: string) {
    super(connection, reactor);
    this.#reactor = reactor;
  }

  static async open(connection: ConnectionOptions, reactor: string): Promise<LaneConnection> {
    const lanes = new LaneConnection(connection, reactor);
    await lanes.connect();
    return lanes;
  }

  waiting(): Promise<readonly { readonly lane: string; readonly inMs: number }[]> {
    return this.query(waitingLanes, [this.#reactor]);
  }

  async first(lane: string): Promise<Delivery | null> {
    return ifDue(await this.query<Waiting>(firstOf(`reactor = $1 and lane = $2`), [this.#reactor, lane]));
  }

  async finish(
    { id, lane }: Delivery,
    status: 'delivered' | 'dropped' | 'parked',
    failure: string | null,
    attempt: Attempt | null,
  ): Promise<Delivery | null> {
    const rows = await this.query<Waiting>(
      `with done as (
         update outbox.delivery set status = $2, failure = $3, finished_at = now(), attempts = attempts + 1
          where id = $1 and status = 'pending' returning id),
       noted as (${attempted})
       ${firstOf(`reactor = $7 and lane = $8 and id <> $1`)}`,
      [
        ...[id, status, failure, status === 'delivered' ? 'delivered' : 'failed', ...partsOf(attempt)],
        ...[this.#reactor, lane],
      ],
    );
    return ifDue(rows);
  }

  async retry(id: string, inMs: number, failure: string, attempt: Attempt): Promise<void> {
    await this.query(
      `with done as (
         update outbox.delivery set attempts = attempts + 1, failure = $3, due_at = now() + $2 * interval '1 millisecond'
          where id = $1 and status = 'pending' returning id)
       ${attempted}`,
      [id, inMs, failure, 'failed', ...partsOf(attempt)],
    );
  }
}
