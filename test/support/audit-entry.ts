import type { AuditEntry } from '../../domain/audit/entry.js';
import type { AuditAction } from '../../domain/audit/fact.js';

const ana = { type: 'user', id: '0198c9a0-0000-7000-8000-000000000001', label: 'ana' };

/** An entry of the event log with every field filled, but for what is told. */
export const auditEntry = (action: string, rest: Partial<AuditEntry> = {}): AuditEntry => ({
  id: '0198c9a0-1111-7000-8000-000000000001',
  position: '4711',
  leafIndex: null,
  action: action as AuditAction,
  severity: 'notice',
  outcome: 'success',
  reason: null,
  occurredAt: '2026-03-01T10:20:30.123Z',
  recordedAt: '2026-03-01T10:20:30.456Z',
  app: 'muniment.test',
  tenant: 'main',
  brandId: null,
  actor: ana,
  onBehalfOf: null,
  sessionId: '0198c9a0-2222-7000-8000-000000000001',
  target: ana,
  client: {
    ip: '198.51.100.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    method: 'POST',
    path: '/api/v3/flows/executor/default-authentication-flow/',
    geo: { continent: 'EU', country: 'DE', city: 'Berlin', lat: 52.5, lon: 13.4 },
    asn: { number: 64_496, org: 'Example Net' },
  },
  via: 'flow',
  comment: null,
  requestId: 'request-1',
  commandId: '0198c9a0-3333-7000-8000-000000000001',
  correlationId: 'correlation-1',
  changes: [],
  context: {},
  ...rest,
});
