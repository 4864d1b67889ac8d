import type { Pool } from 'pg';
import type { Delivery } from '../../commands/delivery-ports.js';
import type { RefusedDelivery, SignalQueue, StreamBacklog, StreamLag } from '../../commands/ssf-ports.js';
import type { Notifications } from './notifications.js';
import { onStored } from './outbox.js';

const reactor = 'ssf';
/** Receivers that poll all the time are noted once in this while. */
const seenEvery = '30 seconds';

const lanesOf = (streamId: string): string[] => [streamId, `${streamId}/verification`, `${streamId}/status`];

/** Security events in the outbox, as those see them who fetch, count and resend. */
export class PostgresSignalQueue implements SignalQueue {
  readonly #pool: Pool;
  readonly #notifications: Notifications;

  constructor(pool: Pool, notifications: Notifications) {
    this.#pool = pool;
    this.#notifications = notifications;
  }

  async waiting(lanes: readonly string[], limit: number): Promise<readonly Delivery[]> {
    const { rows } = await this.#pool.query<Delivery>(
      `select id, lane, reference, attempts, created_at as "createdAt" from outbox.delivery
        where reactor = $1 and lane = any ($2) and status = 'pending' order by number limit $3`,
      [reactor, lanes, limit],
    );
    return rows;
  }

  async finish(
    lanes: readonly string[],
    ids: readonly string[],
    status: 'delivered' | 'dropped' | 'parked',
    failure: string | null,
  ): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `update outbox.delivery set status = $4, failure = $5, finished_at = now(), attempts = attempts + 1
        where reactor = $1 and lane = any ($2) and id = any ($3::uuid[]) and status = 'pending'`,
      [reactor, lanes, ids, status, failure],
    );
    return rowCount ?? 0;
  }

  async lags(): Promise<readonly StreamLag[]> {
    const { rows } = await this.#pool.query<StreamLag>(
      `select split_part(lane, '/', 1) as "streamId", count(*)::int as waiting, min(created_at) as "oldestAt"
         from outbox.delivery where reactor = $1 and status = 'pending' group by 1`,
      [reactor],
    );
    return rows;
  }

  async backlog(streamId: string): Promise<StreamBacklog> {
    const { rows } = await this.#pool.query<StreamBacklog>(
      `select count(*) filter (where status = 'pending')::int as waiting,
              min(created_at) filter (where status = 'pending') as "oldestAt",
              count(*) filter (where status = 'delivered')::int as delivered,
              count(*) filter (where status = 'parked')::int as refused,
              max(finished_at) filter (where status = 'delivered') as "lastDeliveredAt",
              (array_agg(failure order by number) filter (where status = 'pending' and failure is not null))[1] as failure,
              (select seen_at from outbox.receiver where stream_id = $3::uuid) as "seenAt"
         from outbox.delivery where reactor = $1 and lane = any ($2)`,
      [reactor, lanesOf(streamId), streamId],
    );
    return rows[0]!;
  }

  async refused(streamId: string, limit: number): Promise<readonly RefusedDelivery[]> {
    const { rows } = await this.#pool.query<RefusedDelivery>(
      `select id, reference ->> 'type' as type, failure, attempts, created_at as "createdAt", finished_at as "finishedAt"
         from outbox.delivery where reactor = $1 and lane = any ($2) and status = 'parked'
        order by number desc limit $3`,
      [reactor, lanesOf(streamId), limit],
    );
    return rows;
  }

  async seen(streamIds: readonly string[], at: Date): Promise<void> {
    await this.#pool.query(
      `insert into outbox.receiver (stream_id, seen_at) select id, $2 from unnest($1::uuid[]) as id
       on conflict (stream_id) do update set seen_at = excluded.seen_at
        where receiver.seen_at < excluded.seen_at - interval '${seenEvery}'`,
      [streamIds, at],
    );
  }

  async stored(withinMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        unlisten();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      const unlisten = onStored(this.#notifications, reactor, done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
