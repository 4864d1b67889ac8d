import type { Pool } from 'pg';
import type { Deliveries, Outbox, OutboxLanes, Remembered } from '../../commands/delivery-ports.js';
import { LaneConnection } from './outbox-lanes.js';
import type { Notifications } from './notifications.js';
import type { ConnectionOptions } from './pool.js';
import { prepared } from './preparing-client.js';

/** Told what there is to deliver: reactor and lane, or nothing when it may be anything. */
export const outboxChannel = 'muniment_outbox';

/** Calls when something is stored for a reactor, with the lane unless it may be any. Returns how to end that. */
export const onStored = (
  notifications: Notifications,
  reactor: string,
  wake: (lane?: string) => void,
): (() => void) => {
  const listener = (payload = ''): void => {
    if (payload === '') wake();
    else if (payload.startsWith(`${reactor} `)) wake(payload.slice(reactor.length + 1));
  };
  notifications.on(outboxChannel, listener);
  return () => notifications.off(outboxChannel, listener);
};

type Decide = Parameters<Outbox['advance']>[1];

interface Checkpoint {
  readonly position: bigint;
  /** Another one with each step, also where the position stays. */
  readonly version: string;
  readonly memory: Readonly<Record<string, { readonly state: unknown; readonly dueAt: string | null }>>;
}

/**
 * Checkpoints and deliveries in Postgres, over connections that do not wait for the disk: a database that fails may take the
 * latest steps along, each whole. The checkpoint falls back with them, and they are decided once more, from the same entries and
 * with the same ids. So whoever decides keeps in the process nothing that lasts longer than the checkpoint he was given, or
 * drops it when he is given a lower one.
 */
export class PostgresOutbox implements Outbox {
  readonly #pool: Pool;
  readonly #connection: ConnectionOptions;

  constructor(pool: Pool, connection: ConnectionOptions) {
    this.#pool = pool;
    this.#connection = connection;
  }

  async advance(reactor: string, decide: Decide): Promise<'advanced' | 'busy' | 'idle'> {
    const { rows } = await this.#pool.query<Checkpoint>(beginning, [reactor]);
    const { position, version, memory } = rows[0]!;
    const step = await decide(
      position,
      new Map(
        Object.entries(memory).map(([key, { state, dueAt }]): [string, Remembered] => [
          key,
          { state, dueAt: dueAt === null ? null : new Date(dueAt) },
        ]),
      ),
    );
    if (!step) return 'idle';
    const { rows: stored } = await this.#pool.query<{ isStored: boolean }>(storing, [
      reactor,
      version,
      step.position,
      JSON.stringify(step.deliveries),
      JSON.stringify([...(step.memory ?? [])].map(([key, value]) => ({ key, ...value }))),
    ]);
    return stored[0]!.isStored ? 'advanced' : 'busy';
  }

  openLanes(reactor: string): Promise<OutboxLanes> {
    return LaneConnection.open(this.#connection, reactor);
  }
}

const beginning = prepared(`
  select position, xmin::text as version, coalesce((
    select jsonb_object_agg(key, jsonb_build_object('state', state, 'dueAt', due_at)) from outbox.memory where reactor = $1),
    '{}') as memory
    from outbox.reactor where name = $1`);

/**
 * Unless another step was quicker: the checkpoint; deliveries in the order given, of which one that is known already stays as it
 * is; what is remembered anew, and what is forgotten. The commit wakes those who deliver.
 */
const storing = prepared(`
  with moved as (
    update outbox.reactor set position = $3 where name = $1 and xmin = $2::xid returning name),
  added as (
    insert into outbox.delivery (id, reactor, lane, reference)
    select d.id, m.name, d.lane, d.reference
      from moved m,
           rows from (jsonb_to_recordset($4::jsonb) as (id uuid, lane text, reference jsonb))
           with ordinality as d(id, lane, reference, n)
     order by d.n
    on conflict (id) do nothing
    returning lane),
  told as (
    select m.name, key, state, "dueAt" as due_at
      from moved m, jsonb_to_recordset($5::jsonb) as t(key text, state jsonb, "dueAt" timestamptz)),
  forgotten as (
    delete from outbox.memory m using told t where m.reactor = t.name and m.key = t.key and t.state is null),
  remembered as (
    insert into outbox.memory (reactor, key, state, due_at)
    select name, key, state, due_at from told where state is not null
    on conflict (reactor, key) do update set state = excluded.state, due_at = excluded.due_at),
  woken as (
    select pg_notify('${outboxChannel}', $1 || ' ' || lane) from (select distinct lane from added) as lanes)
  select exists (select from moved) as "isStored", (select count(*) from woken) as woken`);

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
