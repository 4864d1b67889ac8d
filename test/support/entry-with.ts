import type { AuditEntry } from '../../domain/audit/entry.js';

const plain: AuditEntry = {
  id: '00000000-0000-4000-8000-0000000000aa',
  position: '7',
  leafIndex: null,
  action: 'model_updated',
  severity: 'notice',
  outcome: 'success',
  reason: null,
  occurredAt: '2026-01-02T03:04:05.678Z',
  recordedAt: '2026-01-02T03:04:05.700Z',
  app: 'directory.users',
  tenant: 'main',
  brandId: null,
  actor: { type: 'system', id: 'test', label: null },
  onBehalfOf: null,
  sessionId: null,
  target: null,
  client: { ip: null, userAgent: null, method: null, path: null, geo: null, asn: null },
  via: 'system',
  comment: null,
  requestId: null,
  commandId: '00000000-0000-4000-8000-0000000000bb',
  correlationId: 'test',
  changes: [],
  context: {},
};

/** An entry of the event log in which some paths (`actor.id`) have other values. */
export const entryWith = (values: Readonly<Record<string, unknown>> = {}): AuditEntry => {
  const entry = structuredClone(plain) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(values)) {
    const steps = path.split('.');
    const last = steps.pop()!;
    let at = entry;
    for (const step of steps) {
      at[step] ??= step === 'target' ? { type: 'user', id: '', label: null } : {};
      at = at[step] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return entry as unknown as AuditEntry;
};
