import { sql } from 'kysely';
import type { SubjectEvent } from '../../domain/privacy/events.js';
import { foldRows, type RowFold } from '../fold-rows.js';
import type { ProjectionGroup } from '../projection.js';
import { shreddedIn } from '../shredded.js';
import { privacyIndexes, privacySchema, privacyTables, type ErasedRow, type HoldRow } from './table.js';

const erasures: RowFold<ErasedRow> = {
  table: 'erased',
  key: 'subject',
  keyOf: ({ type, stream }) => (type === 'subject.shredded' ? stream.slice('subject-'.length) : null),
  evolve: (_row, recorded) => {
    const { data } = recorded as unknown as Extract<SubjectEvent, { type: 'subject.shredded' }>;
    return {
      subject: data.subject,
      erased_at: recorded.at.toISOString(),
      requested_by: data.requestedBy,
      legal_basis: data.legalBasis,
      key_digest: data.keyDigest,
      position: Number(recorded.position),
    };
  },
};

const holds: RowFold<HoldRow> = {
  table: 'hold',
  key: 'id',
  keyOf: ({ type, data }) => (type.startsWith('subject.hold.') ? (data as { holdId: string }).holdId : null),
  evolve: (_row, recorded) => {
    const event = recorded as unknown as SubjectEvent;
    if (event.type !== 'subject.hold.set') return null;
    return {
      id: event.data.holdId,
      subject: event.data.subject,
      matter: event.data.matter,
      reason: recorded.meta.reason,
      placed_at: recorded.at.toISOString(),
      placed_by: recorded.meta.actor.id,
    };
  },
};

/** Who was erased, and who must not be. */
export const privacy: ProjectionGroup = {
  ...privacySchema,
  tables: privacyTables,
  indexes: privacyIndexes,
  handles: (type) => type.startsWith('subject.'),
  apply: async (tx, schema, events) => {
    await foldRows(tx, schema, holds, events);
    await foldRows(tx, schema, erasures, events);
    const shredded = shreddedIn(events);
    // Reasons are sealed under the key of who gave them.
    if (shredded.length > 0)
      await sql`update ${sql.id(schema, 'hold')} set reason = null where placed_by = any (${shredded})`.execute(
        tx,
      );
  },
};
