import { sql, type RawBuilder } from 'kysely';
import { auditFactOf } from '../../domain/audit/actions.js';
import type { AuditFact } from '../../domain/audit/fact.js';
import { labelText } from '../../domain/kernel/config-view.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { models } from '../../domain/models.generated.js';
import { prepared } from '../prepared.js';
import type { ProjectionGroup, Tx } from '../projection.js';
import { shreddedIn, shreddedUsersIn } from '../shredded.js';
import { eraseUsers, eraseVisitors } from './erase.js';
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

const loadLabels = async (
  tx: Tx,
  table: RawBuilder<unknown>,
  wanted: readonly { type: string; id: string }[],
): Promise<Map<string, string>> => {
  const { rows } = await sql<Label>`${prepared}
    select l.type, l.id, l.label from ${table} l
    join jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w(type text, id text) on w.type = l.type and w.id = l.id`.execute(
    tx,
  );
  return new Map(rows.map((row) => [`${row.type} ${row.id}`, row.label]));
};

const rowOf = (event: RecordedEvent, fact: AuditFact, targetLabel: string | null): AuditRow => {
  const { meta } = event;
  return {
    position: Number(event.position),
    id: event.id,
    merge_key: `${meta.commandId} ${fact.action} ${fact.target?.type ?? ''} ${fact.target?.id ?? event.id}`,
    action: fact.action,
    severity: fact.severity,
    outcome: fact.outcome,
    reason: fact.reason ?? null,
    at: event.at.toISOString(),
    actor_type: meta.actor.type,
    actor_id: meta.actor.id,
    actor_label: meta.actor.label,
    on_behalf_of_id: meta.onBehalfOf?.id ?? null,
    session_id: meta.sessionId,
    target_type: fact.target?.type ?? null,
    target_id: fact.target?.id ?? null,
    target_label: targetLabel,
    ip: meta.client?.ip ?? null,
    user_agent: meta.client?.userAgent ?? null,
    method: meta.client?.method ?? null,
    path: meta.client?.path ?? null,
    via: meta.via,
    comment: meta.reason,
    request_id: meta.requestId,
    command_id: meta.commandId,
    correlation_id: meta.correlationId,
    changes: fact.changes,
    context: meta.reverts === undefined ? fact.context : { ...fact.context, reverts: meta.reverts },
  };
};

/** Events of one command that say the same of the same target are one entry. */
const merge = (rows: readonly AuditRow[]): AuditRow[] => {
  const merged = new Map<string, AuditRow>();
  for (const row of rows) {
    const earlier = merged.get(row.merge_key);
    merged.set(row.merge_key, earlier ? { ...earlier, changes: [...earlier.changes, ...row.changes] } : row);
  }
  return [...merged.values()];
};

const apply = async (tx: Tx, schema: string, events: readonly RecordedEvent[]): Promise<void> => {
  const facts = events.flatMap((event) => {
    const fact = auditFactOf(event);
    return fact ? [{ event, fact }] : [];
  });
  if (facts.length === 0) return;
  const named = facts.flatMap(({ fact: { target, namedAfter } }) => namedAfter ?? target ?? []);
  const label = sql.id(schema, 'label');
  const entry = sql.id(schema, 'entry');
  const labels = await loadLabels(tx, label, named);
  const told = new Map<string, Label>();
  const rows = facts.map(({ event, fact }) => {
    const subject = fact.namedAfter ?? fact.target;
    const key = subject ? `${subject.type} ${subject.id}` : '';
    const name = labelIn(event, fact);
    if (fact.target && name !== null) {
      labels.set(key, name);
      told.set(key, { ...fact.target, label: name });
    }
    return rowOf(event, fact, labels.get(key) ?? null);
  });
  if (told.size > 0)
    await sql`${prepared}
      insert into ${label} select * from jsonb_populate_recordset(null::${label}, ${JSON.stringify([...told.values()])}::jsonb)
      on conflict (type, id) do update set label = excluded.label`.execute(tx);
  await sql`${prepared}
    insert into ${entry} as e select * from jsonb_populate_recordset(null::${entry}, ${JSON.stringify(merge(rows))}::jsonb)
    on conflict (merge_key) do update set changes = e.changes || excluded.changes
      where e.position < excluded.position`.execute(tx);
  const shredded = shreddedIn(events);
  const users = shreddedUsersIn(events);
  if (users.length > 0) await eraseUsers(tx, schema, users);
  if (shredded.length > users.length)
    await eraseVisitors(
      tx,
      schema,
      shredded.filter((subject) => !users.includes(subject)),
    );
  await sql`select pg_notify('muniment_audit', '')`.execute(tx);
};

/** The event log that people see. */
export const audit: ProjectionGroup = {
  ...auditSchema,
  tables: auditTables,
  indexes: auditIndexes,
  handles: () => true,
  apply,
};
