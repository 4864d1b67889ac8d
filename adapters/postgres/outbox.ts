import type { Pool } from 'pg';
import type { NewDelivery, Outbox, OutboxLanes } from '../../commands/ports.js';
import { LaneConnection } from './outbox-lanes.js';
import type { ConnectionOptions } from './pool.js';

/** Told when there is something new to deliver. */
export const outboxChannel = 'muniment_outbox';

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
      await client.query('begin');
      const { rows } = await client.query<{ position: bigint }>(
        'select position from outbox.reactor where name = $1 for update skip locked',
        [reactor],
      );
      const step = rows[0] ? await decide(rows[0].position) : null;
      if (!step) {
        await client.query('rollback');
        return rows[0] ? 'idle' : 'busy';
      }
      if (step.deliveries.length > 0) await client.query(insertion(reactor, step.deliveries));
      await client.query('update outbox.reactor set position = $2 where name = $1', [reactor, step.position]);
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
const insertion = (
  reactor: string,
  deliveries: readonly NewDelivery[],
): { readonly text: string; readonly values: unknown[] } => ({
  text: `with added as (
           insert into outbox.delivery (id, reactor, lane, reference)
           select d.id, $1, d.lane, d.reference
             from rows from (jsonb_to_recordset($2::jsonb) as (id uuid, lane text, reference jsonb))
                  with ordinality as d(id, lane, reference, n)
            order by d.n
           on conflict (id) do nothing)
         select pg_notify('${outboxChannel}', '')`,
  values: [reactor, JSON.stringify(deliveries)],
});
