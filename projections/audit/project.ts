import { sql } from 'kysely';
import { appOf } from '../../domain/audit/app.js';
import { auditFactOf } from '../../domain/audit/actions.js';
import type { AuditFact } from '../../domain/audit/fact.js';
import { labelText } from '../../domain/kernel/config-view.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { models } from '../../domain/models.generated.js';
import { prepared } from '../prepared.js';
import type { ProjectionGroup, Tx } from '../projection.js';
import { shreddedIn, shreddedUsersIn } from '../shredded.js';
import { eraseUsers, eraseVisitors } from './erase.js';
import { countingSql } from './counting-sql.js';
import { removeEntries, trimmingsIn } from './remove-entries.js';
import { auditIndexes, auditSchema, auditTables, type AuditRow } from './table.js';

const labelFields = new Map<string, string>(models.map((model) => [model.category, model.label]));

interface Label {
  readonly type: string;
  readonly id: string;
  readonly label: string;
}

/** The name that an event gives to what it is about, if it gives one. */
const labelIn = (event: RecordedEvent, fact: AuditFact): string | null => {
  if (fact.label !== undefined) return fact.label;
  const data = event.data as Record<string, unknown> & { set?: Record<string, unknown> };
  const field = labelFields.get(event.stream.slice(0, event.stream.indexOf('-')));
  if (field === undefined) return null;
  const value = event.type.endsWith('.changed')
    ? data.set?.[field]
    : event.type.endsWith('.created')
      ? data[field]
      : undefined;
  return labelText(value) || null;
};

const rowOf = (
  event: RecordedEvent,
  fact: AuditFact,
  labels: { readonly target: string | null; readonly behalf: string | null },
): AuditRow => {
  const { meta } = event;
  return {
    position: Number(event.position),
    id: event.id,
    at: event.at.toISOString(),
    recorded_at: event.recordedAt.toISOString(),
    command_id: meta.commandId,
    session_id: meta.sessionId,
    on_behalf_of_id: meta.onBehalfOf?.id ?? null,
    action: fact.action,
    severity: fact.severity,
    outcome: fact.outcome,
    reason: fact.reason ?? null,
    app: appOf(event),
    brand_id: meta.brandId,
    actor_type: meta.actor.type,
    actor_id: meta.actor.id,
    actor_label: meta.actor.label,
    on_behalf_of_label: labels.behalf,
    target_type: fact.target?.type ?? null,
    target_id: fact.target?.id ?? null,
    target_label: labels.target,
    ip: meta.client?.ip ?? null,
    user_agent: meta.client?.userAgent ?? null,
    method: meta.client?.method ?? null,
    path: meta.client?.path ?? null,
    geo_continent: meta.client?.geo?.continent ?? null,
    geo_country: meta.client?.geo?.country ?? null,
    geo_city: meta.client?.geo?.city ?? null,
    geo_lat: meta.client?.geo?.lat ?? null,
    geo_lon: meta.client?.geo?.lon ?? null,
    asn_number: meta.client?.asn?.number ?? null,
    asn_org: meta.client?.asn?.org ?? null,
    via: meta.via,
    comment: meta.reason,
    request_id: meta.requestId,
    correlation_id: meta.correlationId === meta.requestId ? null : meta.correlationId,
    changes: fact.changes,
    context: meta.reverts === undefined ? fact.context : { ...fact.context, reverts: meta.reverts },
  };
};

type Merging = Pick<
  AuditRow,
  'position' | 'id' | 'command_id' | 'action' | 'target_type' | 'target_id' | 'changes'
>;

/** What the events of one entry have in common. An entry about nothing stands for one event. */
const mergeKey = (row: Merging): string =>
  `${row.command_id} ${row.action} ${row.target_type ?? ''} ${row.target_id ?? row.id}`;

/**
 * How many entries back the beginning of a command is looked for, when a page has cut one. Those of others may lie between:
 * not every store keeps what a command appends to several streams together.
 */
const cutReach = 600;

/** What entries of a page build upon. */
interface Known {
  /** Names of what the page speaks of. */
  readonly labels: readonly Label[];
  /** Entries of commands that pages before this one have cut. */
  readonly cut: readonly Merging[];
}

const loadKnown = async (
  tx: Tx,
  schema: string,
  wanted: readonly { type: string; id: string }[],
  events: readonly RecordedEvent[],
): Promise<Known> => {
  const commands = [...new Set(events.map(({ meta }) => meta.commandId))];
  const { rows } = await sql<Known>`${prepared}
    select coalesce((
        select jsonb_agg(l) from ${sql.id(schema, 'label')} l
        join jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w(type text, id text) on w.type = l.type and w.id = l.id),
      '[]') as labels,
      coalesce((
        select jsonb_agg(newest) from (
          select position, id, command_id, action, target_type, target_id, changes from ${sql.id(schema, 'entry')}
           where position < ${events[0]!.position} order by position desc limit ${cutReach}) newest
         where command_id = any (${commands}::uuid[])),
      '[]') as cut`.execute(tx);
  return rows[0]!;
};

/** Events of one command that say the same of the same target are one entry: those that are new, and those that grow. */
const mergeRows = (
  rows: readonly AuditRow[],
  known: readonly Merging[],
): { readonly fresh: readonly AuditRow[]; readonly grown: readonly Merging[] } => {
  const cut = new Map(known.map((row) => [mergeKey(row), row]));
  const grown = new Map<string, Merging>();
  const fresh = new Map<string, AuditRow>();
  for (const row of rows) {
    const key = mergeKey(row);
    const earlier = cut.get(key);
    const together = fresh.get(key);
    if (earlier) {
      const before = grown.get(key) ?? earlier;
      grown.set(key, { ...before, changes: [...before.changes, ...row.changes] });
    } else fresh.set(key, together ? { ...together, changes: [...together.changes, ...row.changes] } : row);
  }
  return { fresh: [...fresh.values()], grown: [...grown.values()] };
};

const writeGrown = async (tx: Tx, schema: string, grown: readonly Merging[]): Promise<void> => {
  await sql`update ${sql.id(schema, 'entry')} e set changes = g.changes
    from jsonb_to_recordset(${JSON.stringify(grown)}::jsonb) as g(position bigint, changes jsonb)
    where e.position = g.position`.execute(tx);
};

/** Writes new entries and the names that events tell, counts, and wakes those who follow the event log, in one statement. */
const writeFresh = async (
  tx: Tx,
  schema: string,
  rows: readonly AuditRow[],
  labels: readonly Label[],
): Promise<void> => {
  const entry = sql.id(schema, 'entry');
  const label = sql.id(schema, 'label');
  await sql`${prepared}
    with written as (
      insert into ${entry} select * from jsonb_populate_recordset(null::${entry}, ${JSON.stringify(rows)}::jsonb)),
    told as (
      insert into ${label} select * from jsonb_populate_recordset(null::${label}, ${JSON.stringify(labels)}::jsonb)
      on conflict (type, id) do update set label = excluded.label),
    ${countingSql(schema, rows)}
    select pg_notify('muniment_audit', '')`.execute(tx);
};

const apply = async (tx: Tx, schema: string, events: readonly RecordedEvent[]): Promise<void> => {
  const facts = events.flatMap((event) => {
    const fact = auditFactOf(event);
    return fact ? [{ event, fact }] : [];
  });
  if (facts.length === 0) return;
  const named = facts.flatMap(({ event, fact }) => [
    ...(fact.namedAfter ? [fact.namedAfter] : fact.target ? [fact.target] : []),
    ...(event.meta.onBehalfOf ? [{ type: 'user', id: event.meta.onBehalfOf.id }] : []),
  ]);
  const known = await loadKnown(
    tx,
    schema,
    named,
    facts.map(({ event }) => event),
  );
  const labels = new Map(known.labels.map(({ type, id, label }) => [`${type} ${id}`, label]));
  const told = new Map<string, Label>();
  const rows = facts.map(({ event, fact }) => {
    const subject = fact.namedAfter ?? fact.target;
    const key = subject ? `${subject.type} ${subject.id}` : '';
    const name = labelIn(event, fact);
    if (fact.target && name !== null) {
      labels.set(key, name);
      told.set(key, { ...fact.target, label: name });
    }
    return rowOf(event, fact, {
      target: labels.get(key) ?? null,
      behalf: labels.get(`user ${event.meta.onBehalfOf?.id ?? ''}`) ?? null,
    });
  });
  const { fresh, grown } = mergeRows(rows, known.cut);
  if (grown.length > 0) await writeGrown(tx, schema, grown);
  await writeFresh(tx, schema, fresh, [...told.values()]);
  const shredded = shreddedIn(events);
  const users = shreddedUsersIn(events);
  if (users.length > 0) await eraseUsers(tx, schema, users);
  if (shredded.length > users.length)
    await eraseVisitors(
      tx,
      schema,
      shredded.filter((subject) => !users.includes(subject)),
    );
  for (const trimming of trimmingsIn(events)) await removeEntries(tx, schema, trimming);
};

/** The event log that people see. */
export const audit: ProjectionGroup = {
  ...auditSchema,
  tables: auditTables,
  indexes: auditIndexes,
  handles: () => true,
  apply,
};
