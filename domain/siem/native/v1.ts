import type { AuditEntry, AuditParty } from '../../audit/entry.js';

const party = ({ type, id, label }: AuditParty): AuditParty => ({ type, id, label });

/** Version 1 of the product's own form: the canonical entry. Names and order of the fields are frozen. */
export const nativeV1 = (entry: AuditEntry): Readonly<Record<string, unknown>> => ({
  id: entry.id,
  position: entry.position,
  leafIndex: entry.leafIndex,
  action: entry.action,
  severity: entry.severity,
  outcome: entry.outcome,
  reason: entry.reason,
  occurredAt: entry.occurredAt,
  recordedAt: entry.recordedAt,
  app: entry.app,
  tenant: entry.tenant,
  brandId: entry.brandId,
  actor: party(entry.actor),
  onBehalfOf: entry.onBehalfOf === null ? null : party(entry.onBehalfOf),
  sessionId: entry.sessionId,
  target: entry.target === null ? null : party(entry.target),
  client: {
    ip: entry.client.ip,
    userAgent: entry.client.userAgent,
    method: entry.client.method,
    path: entry.client.path,
    geo: entry.client.geo,
    asn: entry.client.asn,
  },
  via: entry.via,
  comment: entry.comment,
  requestId: entry.requestId,
  commandId: entry.commandId,
  correlationId: entry.correlationId,
  changes: entry.changes.map(({ field, before, after }) => ({ field, before, after })),
  context: entry.context,
});
