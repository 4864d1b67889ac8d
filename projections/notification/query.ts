import { sql } from 'kysely';
import type { Condition } from '../../domain/kernel/condition/condition.js';
import { conditionSql } from '../audit/condition-sql.js';
import { auditSchema, type AuditRow } from '../audit/table.js';
import type { Database } from '../projection.js';

const entries = auditSchema.table('entry');

/** Entries that meet a condition, oldest first, by keyset over the position. */
export const entriesMeeting = async (
  db: Database,
  options: {
    readonly condition: Condition;
    readonly from: Date;
    readonly to: Date;
    readonly after: bigint;
    readonly limit: number;
  },
): Promise<readonly AuditRow[]> => {
  const { rows } = await sql<AuditRow>`
    select e.* from ${entries} e
     where ${conditionSql(options.condition)} and e.at >= ${options.from} and e.at < ${options.to} and e.position > ${options.after}
     order by e.position limit ${options.limit}`.execute(db);
  return rows;
};

/** What the live engine keeps of a rule; null when it keeps nothing. */
export const ruleMemory = async (db: Database, ruleId: string): Promise<unknown> => {
  const { rows } = await sql<{ state: unknown }>`
    select state from outbox.memory where reactor = 'notification' and key = ${ruleId}`.execute(db);
  return rows[0]?.state ?? null;
};

export type DeliveryStatus = 'pending' | 'delivered' | 'dropped' | 'parked';

/** One message on its way, or at its end. */
export interface DeliveryRow {
  readonly id: string;
  readonly number: bigint;
  readonly lane: string;
  readonly reference: Readonly<Record<string, unknown>>;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly failure: string | null;
  readonly created_at: Date;
  readonly due_at: Date;
  readonly finished_at: Date | null;
}

export interface DeliveryFilter {
  readonly transportId: string | null;
  readonly ruleId: string | null;
  readonly status: DeliveryStatus | null;
}

const matching = ({ transportId, ruleId, status }: DeliveryFilter) =>
  sql.join(
    [
      sql`reactor = 'notification'`,
      ...(transportId === null ? [] : [sql`lane = ${transportId}`]),
      ...(ruleId === null ? [] : [sql`reference ->> 'ruleId' = ${ruleId}`]),
      ...(status === null ? [] : [sql`status = ${status}`]),
    ],
    sql` and `,
  );

/** One page of deliveries, newest first. */
export const listDeliveries = async (
  db: Database,
  filter: DeliveryFilter,
  page: { readonly after: bigint | null; readonly limit: number },
): Promise<readonly DeliveryRow[]> => {
  const older = page.after === null ? sql`true` : sql`number < ${page.after}`;
  const { rows } = await sql<DeliveryRow>`
    select id, number, lane, reference, status, attempts, failure, created_at, due_at, finished_at
      from outbox.delivery where ${matching(filter)} and ${older} order by number desc limit ${page.limit}`.execute(
    db,
  );
  return rows;
};

/** How many deliveries there are, up to a cap. */
export const countDeliveries = async (db: Database, filter: DeliveryFilter, cap: number): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from outbox.delivery where ${matching(filter)} limit ${cap}) as capped`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
};

export interface AttemptRow {
  readonly delivery_id: string;
  readonly number: number;
  readonly at: Date;
  readonly outcome: 'delivered' | 'failed';
  readonly status: number | null;
  readonly latency_ms: number;
  readonly failure: string | null;
}

/** Attempts of some deliveries, in order. */
export const attemptsOf = async (db: Database, ids: readonly string[]): Promise<readonly AttemptRow[]> => {
  const { rows } = await sql<AttemptRow>`
    select * from outbox.attempt where delivery_id = any (${ids}::uuid[]) order by delivery_id, number`.execute(
    db,
  );
  return rows;
};
