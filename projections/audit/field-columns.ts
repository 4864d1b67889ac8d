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

const member = (field: string, name: 'geo' | 'asn', key: string): readonly [string, FieldColumn] => [
  field,
  { column: sql`(e.${sql.ref(name)} ->> ${sql.lit(key)})`, type: 'text' },
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
  column('recordedAt', 'recorded_at', 'time'),
  column('app', 'app'),
  column('brandId', 'brand_id'),
  column('actor.type', 'actor_type'),
  column('actor.id', 'actor_id'),
  column('actor.label', 'actor_label'),
  ['onBehalfOf.type', { column: sql`case when e.on_behalf_of_id is not null then 'user' end`, type: 'text' }],
  column('onBehalfOf.id', 'on_behalf_of_id', 'uuid'),
  column('onBehalfOf.label', 'on_behalf_of_label'),
  column('sessionId', 'session_id', 'uuid'),
  column('target.type', 'target_type'),
  column('target.id', 'target_id'),
  column('target.label', 'target_label'),
  column('client.ip', 'ip'),
  column('client.userAgent', 'user_agent'),
  column('client.method', 'method'),
  column('client.path', 'path'),
  member('client.geo.continent', 'geo', 'continent'),
  member('client.geo.country', 'geo', 'country'),
  member('client.geo.city', 'geo', 'city'),
  member('client.geo.lat', 'geo', 'lat'),
  member('client.geo.lon', 'geo', 'lon'),
  member('client.asn.number', 'asn', 'number'),
  member('client.asn.org', 'asn', 'org'),
  column('via', 'via'),
  column('comment', 'comment'),
  column('requestId', 'request_id'),
  column('commandId', 'command_id', 'uuid'),
  column('correlationId', 'correlation_id'),
]);
