import { sql } from 'kysely';
import type { StreamSubjectEvent } from '../../domain/ssf/subject/events.js';
import type { UserEvent } from '../../domain/directory/user/events.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { foldRows, type RowFold } from '../fold-rows.js';
import type { ProjectionGroup, Tx } from '../projection.js';
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

/** The digest that clients know as `sub`, once it is known which installation this is. */
const digest = sql`sha256(convert_to(p.number || '-' || i.id, 'UTF8'))`;

const learnPeople = async (tx: Tx, schema: string, events: readonly RecordedEvent[]): Promise<void> => {
  const installation = sql.id(schema, 'installation');
  const person = sql.id(schema, 'person');
  const created = events.flatMap(({ type, data }) => {
    if (type !== 'user.created') return [];
    const { userId, number } = data as Extract<UserEvent, { type: 'user.created' }>['data'];
    return [{ user_id: userId, number }];
  });
  if (created.length > 0)
    await sql`
      insert into ${person} (user_id, number, hash)
      select p.user_id, p.number, ${digest} from jsonb_to_recordset(${JSON.stringify(created)}::jsonb) as p(user_id uuid, number integer)
        left join ${installation} i on true
      on conflict do nothing`.execute(tx);
  const installed = events.find(({ type }) => type === 'settings.installed');
  if (!installed) return;
  const { installId } = installed.data as { readonly installId: string };
  await sql`insert into ${installation} values (${installId}) on conflict do nothing`.execute(tx);
  await sql`update ${person} p set hash = ${digest} from ${installation} i where p.hash is null`.execute(tx);
};

/** Whom streams of shared signals tell of, beside their defaults, and who is meant by a subject. */
export const ssf: ProjectionGroup = {
  ...ssfSchema,
  tables: ssfTables,
  indexes: ssfIndexes,
  handles: (type) =>
    type.startsWith('ssfsubject.') ||
    ['ssfstream.deleted', 'subject.shredded', 'settings.installed', 'user.created'].includes(type),
  apply: async (tx, schema, events) => {
    await foldRows(tx, schema, choices, events);
    await learnPeople(tx, schema, events);
    const table = sql.id(schema, 'subject');
    const streams = events.flatMap(({ type, stream }) =>
      type === 'ssfstream.deleted' ? [stream.slice('ssfstream-'.length)] : [],
    );
    if (streams.length > 0)
      await sql`delete from ${table} where stream_id = any (${streams}::uuid[])`.execute(tx);
    const users = shreddedUsersIn(events);
    if (users.length === 0) return;
    for (const emptied of [table, sql.id(schema, 'person')])
      await sql`delete from ${emptied} where user_id = any (${users}::uuid[])`.execute(tx);
  },
};
