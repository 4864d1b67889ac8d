import type { AuditEntry } from '../../domain/audit/entry.js';
import type { Sighting } from '../../domain/notification/engine/state.js';
import { groupKeyOf } from '../../domain/notification/group-key.js';
import type { Ports } from '../ports.js';

/** An entry that meets a rule, as the engine takes it. Groups are keyed digests: they are stored. */
export const sightingOf = (
  ports: Pick<Ports, 'sealer'>,
  groupBy: readonly string[],
  entry: AuditEntry,
): Sighting => ({
  entryId: entry.id,
  at: Date.parse(entry.occurredAt),
  group: groupKeyOf(entry, groupBy, (text) => ports.sealer.digest('identifier', 'notification group', text)),
});
