import { sql } from 'kysely';
import type { StreamSubjectEvent } from '../../domain/ssf/subject/events.js';
import { foldRows, type RowFold } from '../fold-rows.js';
import type { ProjectionGroup } from '../projection.js';
import { shreddedUsersIn } from '../shredded.js';
import { ssfIndexes, ssfSchema, ssfTables, type SubjectRow } from './table.js';

const prefix = 'ssfsubject-';

const choices: RowFold<SubjectRow> = {
  table: 'subject',
  key: 'id',
  keyOf: ({ stream }) => (stream.startsWith(prefix) ? stream.slice(prefix.length) : null),
  evolve: (_row, recorded) => {
    const { type, data } = recorded as unknown as StreamSubjectEvent;
    return {
      id: recorded.stream.slice(prefix.length),
      stream_id: data.streamId,
      user_id: data.userId,
      choice: type === 'ssfsubject.added' ? 'added' : 'removed',
      chosen_at: recorded.at.toISOString(),
    };
  },
};

/** Whom streams of shared signals tell of, beside their defaults. */
export const ssf: ProjectionGroup = {
  ...ssfSchema,
  tables: ssfTables,
  indexes: ssfIndexes,
  handles: (type) =>
    type.startsWith('ssfsubject.') || type === 'ssfstream.deleted' || type === 'subject.shredded',
  apply: async (tx, schema, events) => {
    await foldRows(tx, schema, choices, events);
    const table = sql.id(schema, 'subject');
    const streams = events.flatMap(({ type, stream }) =>
      type === 'ssfstream.deleted' ? [stream.slice('ssfstream-'.length)] : [],
    );
    if (streams.length > 0)
      await sql`delete from ${table} where stream_id = any (${streams}::uuid[])`.execute(tx);
    const users = shreddedUsersIn(events);
    if (users.length > 0) await sql`delete from ${table} where user_id = any (${users}::uuid[])`.execute(tx);
  },
};
