import type { AuditEntry } from '../../audit/entry.js';
import { nativeV1 } from '../native/v1.js';

/** Version 1 of entries as CloudEvents 1.0 in JSON; the data is the canonical entry. */
export const cloudEventV1 = (entry: AuditEntry, origin: string): Readonly<Record<string, unknown>> => ({
  specversion: '1.0',
  id: entry.id,
  source: origin,
  type: `muniment.${entry.action}`,
  ...(entry.target === null ? {} : { subject: `${entry.target.type}/${entry.target.id}` }),
  time: entry.occurredAt,
  datacontenttype: 'application/json',
  dataschema: 'urn:muniment:audit-entry:1',
  sequence: entry.position,
  recordedtime: entry.recordedAt,
  partitionkey:
    entry.target === null
      ? `${entry.actor.type}-${entry.actor.id}`
      : `${entry.target.type}-${entry.target.id}`,
  data: nativeV1(entry),
});
