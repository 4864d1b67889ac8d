import { sql, type RawBuilder } from 'kysely';
import type { AuditEntry } from '../../domain/audit/entry.js';
import type { GeoPlace, Network } from '../../domain/kernel/event.js';
import { searchesWords, type Condition } from '../../domain/kernel/condition/condition.js';
import { prepared } from '../prepared.js';
import type { Database } from '../projection.js';
import { conditionSql } from './condition-sql.js';
import { auditSchema, type AuditRow } from './table.js';
import { searchByWords } from './search-by-words.js';
import { rangeOf, rangeSql, type TimeRange } from './time-range.js';

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
  if (searchesWords(options.condition)) {
    const range = sql.join([older, ...rangeSql(rangeOf(options.condition, options))], sql` and `);
    return searchByWords(db, options.condition, range, options.limit);
  }
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
  const { rows } = await sql<AuditRow>`${prepared} select e.* from ${entries} e where e.id = ${id}`.execute(
    db,
  );
  return rows[0] ?? null;
};

/** Entries after a position, oldest first, for those who follow the log live. */
export const auditEntriesAfter = async (
  db: Database,
  position: bigint,
  limit: number,
): Promise<readonly AuditRow[]> => {
  const { rows } =
    await sql<AuditRow>`${prepared} select e.* from ${entries} e where e.position > ${position} order by e.position limit ${limit}`.execute(
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

/**
 * Names that people bore at a position, by `<id>@<position>`: the one in the newest entry about each until then. Who has
 * no such entry, or none any longer, is left out.
 */
export const userNamesAt = async (
  db: Database,
  wanted: readonly { readonly id: string; readonly position: string }[],
): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await sql<{ key: string; label: string }>`
    select w.id || '@' || w.position as key, known.label
      from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w(id text, position bigint)
      cross join lateral (
        select e.target_label as label from ${entries} e
         where e.target_type = 'user' and e.target_id = w.id and e.position <= w.position and e.target_label is not null
         order by e.position desc limit 1) as known`.execute(db);
  return new Map(rows.map((row) => [row.key, row.label]));
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
  row.asn_number === null ? null : { number: row.asn_number, org: row.asn_org };

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

const readAtOnce = 1000;

/** All entries under a condition, newest first, page by page. */
export async function* readEntries(
  db: Database,
  condition: Condition,
  range: TimeRange,
): AsyncGenerator<readonly AuditEntry[]> {
  let after: bigint | null = null;
  for (;;) {
    const rows = await listAuditEntries(db, { condition, ...range, after, limit: readAtOnce });
    const last = rows.at(-1);
    if (!last) return;
    after = BigInt(last.position);
    yield rows.map(auditEntryOf);
  }
}
