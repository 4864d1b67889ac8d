import { sql, type RawBuilder } from 'kysely';

/** The column behind a field of an entry. */
export interface FieldColumn {
  readonly column: RawBuilder<unknown>;
  readonly type: 'text' | 'uuid' | 'time' | 'number';
}

const column = (
  field: string,
  name: string,
  type: FieldColumn['type'] = 'text',
): readonly [string, FieldColumn] => [field, { column: sql`e.${sql.ref(name)}`, type }];

const absent = (field: string): readonly [string, FieldColumn] => [
  field,
  { column: sql`null::text`, type: 'text' },
];

/** Columns of the fields that conditions may name; what lies in `context` and `changes` is not among them. */
export const fieldColumns: ReadonlyMap<string, FieldColumn> = new Map([
  column('id', 'id', 'uuid'),
  column('position', 'position', 'number'),
  column('action', 'action'),
  column('severity', 'severity'),
  column('outcome', 'outcome'),
  column('reason', 'reason'),
  column('occurredAt', 'at', 'time'),
  column('recordedAt', 'at', 'time'),
  ['app', { column: sql`coalesce(e.target_type, e.via)`, type: 'text' }],
  absent('brandId'),
  column('actor.type', 'actor_type'),
  column('actor.id', 'actor_id'),
  column('actor.label', 'actor_label'),
  ['onBehalfOf.type', { column: sql`case when e.on_behalf_of_id is not null then 'user' end`, type: 'text' }],
  column('onBehalfOf.id', 'on_behalf_of_id', 'uuid'),
  absent('onBehalfOf.label'),
  column('sessionId', 'session_id', 'uuid'),
  column('target.type', 'target_type'),
  column('target.id', 'target_id'),
  column('target.label', 'target_label'),
  column('client.ip', 'ip'),
  column('client.userAgent', 'user_agent'),
  column('client.method', 'method'),
  column('client.path', 'path'),
  absent('client.geo.continent'),
  absent('client.geo.country'),
  absent('client.geo.city'),
  absent('client.geo.lat'),
  absent('client.geo.lon'),
  absent('client.asn.number'),
  absent('client.asn.org'),
  column('via', 'via'),
  column('comment', 'comment'),
  column('requestId', 'request_id'),
  column('commandId', 'command_id', 'uuid'),
  column('correlationId', 'correlation_id'),
]);
