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
  column('client.geo.continent', 'geo_continent'),
  column('client.geo.country', 'geo_country'),
  column('client.geo.city', 'geo_city'),
  column('client.geo.lat', 'geo_lat', 'number'),
  column('client.geo.lon', 'geo_lon', 'number'),
  column('client.asn.number', 'asn_number', 'number'),
  column('client.asn.org', 'asn_org'),
  column('via', 'via'),
  column('comment', 'comment'),
  column('requestId', 'request_id'),
  column('commandId', 'command_id', 'uuid'),
  ['correlationId', { column: sql`coalesce(e.correlation_id, e.request_id)`, type: 'text' }],
]);
