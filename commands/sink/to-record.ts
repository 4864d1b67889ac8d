import type { AuditEntry } from '../../domain/audit/entry.js';
import type { ConfigObject } from '../../domain/kernel/config-view.js';
import { lineOf, siemMapper } from '../../domain/siem/formats.js';
import { redact } from '../../domain/sink/redact.js';
import type { Ports } from '../ports.js';
import type { SinkRecord } from './endpoint.js';
import type { SinkValues } from './load-sink.js';

/** Name under which the product works for sinks: the actor of everything that delivering causes. */
export const sinkJob = 'sinks';

/**
 * Makes a sink's records of entries: redacted, then mapped in the version the sink was made with. Pure but for the
 * digest, which is keyed per sink: the same entry gives the same bytes.
 */
export const recordMaker = (
  ports: Pick<Ports, 'sealer' | 'installId'>,
  { id, values }: ConfigObject<SinkValues>,
): ((entry: AuditEntry) => SinkRecord) => {
  const map = siemMapper(values.format, values.mapperVersion);
  const origin = values.origin ?? `urn:uuid:${ports.installId()}`;
  const digest = (value: string): string => ports.sealer.digest('identifier', `sink/${id}`, value);
  return (entry) => {
    const line = lineOf(map(redact(entry, values.redaction, digest), origin));
    return {
      entryId: entry.id,
      position: BigInt(entry.position),
      action: entry.action,
      severity: entry.severity,
      occurredAt: entry.occurredAt,
      key: entry.target === null ? entry.actor.id : `${entry.target.type}-${entry.target.id}`,
      line,
      ofSinks: entry.actor.type === 'system' && entry.actor.id === sinkJob,
    };
  };
};
