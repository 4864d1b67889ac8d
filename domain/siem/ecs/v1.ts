import type { AuditEntry, AuditParty } from '../../audit/entry.js';
import { messageOf } from '../words-v1.js';
import { codesOf } from '../codes-v1.js';
import { compact } from '../compact.js';
import { ipOf } from '../ip-of.js';

const userOf = (party: AuditParty | null): Readonly<Record<string, unknown>> =>
  party?.type === 'user' ? { id: party.id, name: party.label } : {};

const severityNumbers = { notice: 1, warning: 2, alert: 3 } as const;

/** Names of people in an entry, once each, in order. */
const namesIn = (entry: AuditEntry): readonly string[] => [
  ...new Set(
    [entry.actor, entry.onBehalfOf, entry.target].flatMap((party) =>
      party?.type === 'user' && party.label !== null ? [party.label] : [],
    ),
  ),
];

const geoOf = ({ client: { geo } }: AuditEntry): Readonly<Record<string, unknown>> => ({
  continent_code: geo?.continent,
  country_iso_code: geo?.country,
  city_name: geo?.city,
  ...(geo?.lat == null || geo.lon == null ? {} : { location: { lat: geo.lat, lon: geo.lon } }),
});

const wellFormed = (names: readonly string[]): readonly string[] | null =>
  names.length === 0 ? null : names;

/** Version 1 of entries in Elastic Common Schema 9: only values that the schema allows for kind, category and type. */
export const ecsV1 = (entry: AuditEntry): Readonly<Record<string, unknown>> => {
  const codes = codesOf(entry);
  const ip = ipOf(entry.client.ip);
  const application = entry.target?.type === 'application' ? entry.target : null;
  const group = entry.target?.type === 'group' ? entry.target : null;
  return {
    '@timestamp': entry.occurredAt,
    ecs: { version: '9.0.0' },
    message: messageOf(entry),
    ...compact({
      event: {
        id: entry.id,
        code: String(codes.cef[0]),
        action: entry.action,
        kind: codes.isAlert ? 'alert' : 'event',
        category: wellFormed(codes.ecs.category),
        type: wellFormed(codes.ecs.type),
        outcome: entry.outcome,
        reason: entry.reason,
        severity: severityNumbers[entry.severity],
        sequence: entry.leafIndex,
        created: entry.recordedAt,
        dataset: 'muniment.audit',
        module: 'muniment',
      },
      user: {
        ...userOf(entry.actor),
        ...(entry.actor.type === 'user' ? {} : { id: entry.actor.id }),
        target: userOf(entry.target),
        effective: userOf(entry.onBehalfOf),
      },
      group: group === null ? null : { id: group.id, name: group.label },
      source:
        ip === null
          ? null
          : {
              ip: ip.text,
              geo: geoOf(entry),
              as: { number: entry.client.asn?.number, organization: { name: entry.client.asn?.org } },
            },
      user_agent: { original: entry.client.userAgent },
      url: { path: entry.client.path },
      http: { request: { method: entry.client.method, id: entry.requestId } },
      service: { name: application === null ? null : (application.label ?? application.id) },
      organization: { id: entry.tenant },
      trace: { id: entry.correlationId },
      related: { user: wellFormed(namesIn(entry)), ip: ip === null ? null : [ip.text] },
    }),
    muniment: {
      position: entry.position,
      severity: entry.severity,
      app: entry.app,
      via: entry.via,
      brand_id: entry.brandId,
      actor: entry.actor,
      on_behalf_of: entry.onBehalfOf,
      target: entry.target,
      session_id: entry.sessionId,
      command_id: entry.commandId,
      comment: entry.comment,
      // Values of any type under one name would fight over one mapping of the index.
      changes: entry.changes.map(({ field, before, after }) => ({
        field,
        before: JSON.stringify(before ?? null),
        after: JSON.stringify(after ?? null),
      })),
      context: JSON.stringify(entry.context),
    },
  };
};
