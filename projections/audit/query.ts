import { sql, type RawBuilder } from 'kysely';
import type { AuditEntry } from '../../domain/audit/entry.js';
import type { GeoPlace, Network } from '../../domain/kernel/event.js';
import type { Condition } from '../../domain/kernel/condition.js';
import type { Database } from '../projection.js';
import { conditionSql } from './condition-sql.js';
import { auditSchema, type AuditRow } from './table.js';
import { rangeOf, rangeSql } from './time-range.js';

const entries = auditSchema.table('entry');
const labels = auditSchema.table('label');

export interface AuditListOptions {
  readonly condition: Condition;
  readonly from: string | null;
  readonly to: string | null;
  readonly after: bigint | null;
  readonly limit: number;
}

const matching = ({ condition, from, to }: AuditListOptions): RawBuilder<unknown> =>
  sql.join([conditionSql(condition), ...rangeSql(rangeOf(condition, { from, to }))], sql` and `);

/** One page of entries, newest first, by keyset over the position. */
export const listAuditEntries = async (
  db: Database,
  options: AuditListOptions,
): Promise<readonly AuditRow[]> => {
  const older = options.after === null ? sql`true` : sql`e.position < ${options.after}`;
  const { rows } = await sql<AuditRow>`
    select e.* from ${entries} e where ${matching(options)} and ${older} order by e.position desc limit ${options.limit}`.execute(
    db,
  );
  return rows;
};

export const countAuditEntries = async (
  db: Database,
  options: AuditListOptions,
  cap: number,
): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from ${entries} e where ${matching(options)} limit ${cap}) as capped`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
};

export const auditEntryById = async (db: Database, id: string): Promise<AuditRow | null> => {
  const { rows } = await sql<AuditRow>`select e.* from ${entries} e where e.id = ${id}`.execute(db);
  return rows[0] ?? null;
};

/** Entries after a position, oldest first, for those who follow the log live. */
export const auditEntriesAfter = async (
  db: Database,
  position: bigint,
  limit: number,
): Promise<readonly AuditRow[]> => {
  const { rows } =
    await sql<AuditRow>`select e.* from ${entries} e where e.position > ${position} order by e.position limit ${limit}`.execute(
      db,
    );
  return rows;
};

/** Newest names of what ids speak of, whatever the kind. */
export const labelsOf = async (
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await sql<{
    id: string;
    label: string;
  }>`select id, label from ${labels} where id = any (${ids})`.execute(db);
  return new Map(rows.map((row) => [row.id, row.label]));
};

/** Where the request behind a row came from. */
export const geoOf = (row: AuditRow): GeoPlace | null =>
  row.geo_country === null && row.geo_continent === null && row.geo_city === null && row.geo_lat === null
    ? null
    : {
        continent: row.geo_continent,
        country: row.geo_country,
        city: row.geo_city,
        lat: row.geo_lat,
        lon: row.geo_lon,
      };

/** Whose network the request behind a row came from. */
export const networkOf = (row: AuditRow): Network | null =>
  row.asn_number === null ? null : { number: Number(row.asn_number), org: row.asn_org };

/** Correlation of a row: that of its request, unless it has one of its own. */
export const correlationOf = (row: AuditRow): string => row.correlation_id ?? row.request_id ?? '';

/** The entry in its canonical form. */
export const auditEntryOf = (row: AuditRow): AuditEntry => ({
  id: row.id,
  position: String(row.position),
  leafIndex: null,
  action: row.action,
  severity: row.severity,
  outcome: row.outcome,
  reason: row.reason,
  occurredAt: new Date(row.at).toISOString(),
  recordedAt: new Date(row.recorded_at).toISOString(),
  app: row.app,
  tenant: 'main',
  brandId: row.brand_id,
  actor: { type: row.actor_type, id: row.actor_id, label: row.actor_label },
  onBehalfOf:
    row.on_behalf_of_id === null
      ? null
      : { type: 'user', id: row.on_behalf_of_id, label: row.on_behalf_of_label },
  sessionId: row.session_id,
  target:
    row.target_type === null || row.target_id === null
      ? null
      : { type: row.target_type, id: row.target_id, label: row.target_label },
  client: {
    ip: row.ip,
    userAgent: row.user_agent,
    method: row.method,
    path: row.path,
    geo: geoOf(row),
    asn: networkOf(row),
  },
  via: row.via,
  comment: row.comment,
  requestId: row.request_id,
  commandId: row.command_id,
  correlationId: correlationOf(row),
  changes: row.changes,
  context: row.context,
});
