import type { Pool } from 'pg';
import type { Deliveries, Outbox, OutboxLanes, Remembered } from '../../commands/delivery-ports.js';
import { LaneConnection } from './outbox-lanes.js';
import type { ConnectionOptions } from './pool.js';
import { prepared } from './preparing-client.js';

/** Told when there is something new to deliver. */
export const outboxChannel = 'muniment_outbox';

/**
 * The disk is not waited for: a database that fails may take the latest steps along, each whole. The checkpoint falls back
 * with them, and they are decided once more, from the same entries and with the same ids. So whoever decides keeps in the
 * process nothing that lasts longer than the checkpoint he was given, or drops it when he is given a lower one.
 */
const beginUnwaited = 'begin; set local synchronous_commit = off';

type Decide = Parameters<Outbox['advance']>[1];

/** Checkpoints and deliveries in Postgres. */
export class PostgresOutbox implements Outbox {
  readonly #pool: Pool;
  readonly #connection: ConnectionOptions;

  constructor(pool: Pool, connection: ConnectionOptions) {
    this.#pool = pool;
    this.#connection = connection;
  }

  async advance(reactor: string, decide: Decide): Promise<'advanced' | 'busy' | 'idle'> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(beginUnwaited);
      const { rows } = await client.query<{ position: bigint }>(
        prepared('select position from outbox.reactor where name = $1 for update skip locked'),
        [reactor],
      );
      const recall = async (): Promise<ReadonlyMap<string, Remembered>> => {
        const { rows: kept } = await client.query<Remembered & { readonly key: string }>(
          prepared('select key, state, due_at as "dueAt" from outbox.memory where reactor = $1'),
          [reactor],
        );
        return new Map(kept.map(({ key, state, dueAt }) => [key, { state, dueAt }]));
      };
      const step = rows[0] ? await decide(rows[0].position, recall) : null;
      if (!step) {
        await client.query('rollback');
        return rows[0] ? 'idle' : 'busy';
      }
      if (step.deliveries.length > 0)
        await client.query(insertion, [reactor, JSON.stringify(step.deliveries)]);
      if (step.memory && step.memory.size > 0)
        await client.query(remembering, [
          reactor,
          JSON.stringify([...step.memory].map(([key, value]) => ({ key, ...value }))),
        ]);
      await client.query(prepared('update outbox.reactor set position = $2 where name = $1'), [
        reactor,
        step.position,
      ]);
      await client.query('commit');
      return 'advanced';
    } catch (error) {
      await client.query('rollback').catch((failure: unknown) => {
        broken = failure as Error;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  openLanes(reactor: string): Promise<OutboxLanes> {
    return LaneConnection.open(this.#connection, reactor);
  }
}

/** Deliveries in the order given; one that is known already stays as it is. The commit wakes those who deliver. */
const insertion = prepared(`
  with added as (
    insert into outbox.delivery (id, reactor, lane, reference)
    select d.id, $1, d.lane, d.reference
      from rows from (jsonb_to_recordset($2::jsonb) as (id uuid, lane text, reference jsonb))
           with ordinality as d(id, lane, reference, n)
     order by d.n
    on conflict (id) do nothing)
  select pg_notify('${outboxChannel}', '')`);

/** What is remembered anew, and what is forgotten. */
const remembering = prepared(`
  with told as (
    select key, state, "dueAt" as due_at from jsonb_to_recordset($2::jsonb) as t(key text, state jsonb, "dueAt" timestamptz)),
  forgotten as (
    delete from outbox.memory m using told t where m.reactor = $1 and m.key = t.key and t.state is null)
  insert into outbox.memory (reactor, key, state, due_at)
  select $1, key, state, due_at from told where state is not null
  on conflict (reactor, key) do update set state = excluded.state, due_at = excluded.due_at`);

/** What people do with deliveries that are over, in Postgres. */
export const postgresDeliveries = (pool: Pool): Deliveries => {
  const change = async (text: string, ids: readonly string[]): Promise<number> => {
    const { rows } = await pool.query<{ id: string }>(text, [ids]);
    if (rows.length > 0) await pool.query(`select pg_notify('${outboxChannel}', '')`);
    return rows.length;
  };
  return {
    resend: (ids) =>
      change(
        `update outbox.delivery set status = 'pending', attempts = 0, due_at = now(), created_at = now(), finished_at = null, failure = null
          where id = any ($1::uuid[]) and status <> 'pending' returning id`,
        ids,
      ),
    skip: (ids) =>
      change(
        `update outbox.delivery set status = 'dropped', finished_at = now(), failure = 'skipped by an administrator'
          where id = any ($1::uuid[]) and status in ('pending', 'parked') returning id`,
        ids,
      ),
  };
};
