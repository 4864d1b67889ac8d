import type { SessionEvent } from '../../domain/access/session/events.js';
import type { MembershipEvent } from '../../domain/directory/membership/events.js';
import type { UserEvent } from '../../domain/directory/user/events.js';
import { normalise } from '../../domain/kernel/claims.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { sql } from 'kysely';
import { foldRows, type RowFold } from '../fold-rows.js';
import type { ProjectionGroup } from '../projection.js';
import { shreddedUsersIn } from '../shredded.js';
import {
  directoryIndexes,
  directorySchema,
  directoryTables,
  type MembershipRow,
  type UserRow,
} from './table.js';

type Concerning = UserEvent | Extract<SessionEvent, { type: 'session.started' }>;

/** Columns that follow from others. */
const withKeys = (row: UserRow): UserRow => ({
  ...row,
  username_key: normalise(row.username),
  email_key: normalise(row.email),
  upn_key: typeof row.attributes['upn'] === 'string' ? normalise(row.attributes['upn']) : null,
  search: `${row.username} ${row.name} ${row.email}`.toLowerCase(),
});

const signedOut = (
  { position }: RecordedEvent,
  spares: string | null,
): Pick<UserRow, 'cutoff' | 'cutoff_spares'> => ({ cutoff: Number(position), cutoff_spares: spares });

const evolveUser = (row: UserRow | null, recorded: RecordedEvent): UserRow | null => {
  const event = recorded as unknown as Concerning;
  const at = recorded.at.toISOString();
  if (event.type === 'user.created') {
    const { userId, isActive, ...profile } = event.data;
    return withKeys({
      ...profile,
      id: userId,
      is_active: isActive,
      attributes: profile.attributes,
      credential: null,
      password_changed_at: null,
      cutoff: 0,
      cutoff_spares: null,
      last_login: null,
      created_at: at,
      changed_at: at,
      revision: recorded.revision,
      position: Number(recorded.position),
      username_key: '',
      email_key: '',
      upn_key: null,
      search: '',
    });
  }
  if (!row) return null;
  if (event.type === 'session.started') return { ...row, last_login: at };
  const change = (patch: Partial<UserRow>): UserRow =>
    withKeys({
      ...row,
      ...patch,
      changed_at: at,
      revision: recorded.revision,
      position: Number(recorded.position),
    });
  switch (event.type) {
    case 'user.username.changed':
      return change({ username: event.data.username });
    case 'user.renamed':
      return change({ name: event.data.name });
    case 'user.email.changed':
      return change({ email: event.data.email });
    case 'user.attributes.changed':
      return change({ attributes: event.data.attributes });
    case 'user.moved':
      return change({ path: event.data.path });
    case 'user.type.changed':
      return change({ type: event.data.type });
    case 'user.activated':
      return change({ is_active: true });
    case 'user.deactivated':
      return change({ is_active: false, ...signedOut(recorded, null) });
    case 'user.password.changed':
      return change({
        credential: event.data.credential,
        password_changed_at: at,
        ...signedOut(recorded, recorded.meta.sessionId),
      });
    case 'user.deleted':
      return null;
    default:
      return event satisfies never;
  }
};

const users: RowFold<UserRow> = {
  table: 'user',
  key: 'id',
  keyOf: (event) =>
    event.type.startsWith('user.') || event.type === 'session.started'
      ? (event.data as { userId: string }).userId
      : null,
  evolve: evolveUser,
};

const memberships: RowFold<MembershipRow> = {
  table: 'membership',
  key: 'id',
  keyOf: (event) => (event.type.startsWith('membership.') ? event.stream.slice('membership-'.length) : null),
  evolve: (_row, recorded) => {
    const event = recorded as unknown as MembershipEvent;
    switch (event.type) {
      case 'membership.granted':
        return {
          id: recorded.stream.slice('membership-'.length),
          user_id: event.data.userId,
          group_id: event.data.groupId,
          granted_at: recorded.at.toISOString(),
        };
      case 'membership.revoked':
        return null;
      default:
        return event satisfies never;
    }
  },
};

/** Users and memberships. Those in a deleted group stay: they lead nowhere until it is restored. */
export const directory: ProjectionGroup = {
  ...directorySchema,
  tables: directoryTables,
  indexes: directoryIndexes,
  handles: (type) =>
    type.startsWith('user.') ||
    type.startsWith('membership.') ||
    type === 'session.started' ||
    type === 'subject.shredded',
  apply: async (tx, schema, events) => {
    await foldRows(tx, schema, users, events);
    await foldRows(tx, schema, memberships, events);
    const erased = shreddedUsersIn(events);
    if (erased.length === 0) return;
    await sql`delete from ${sql.id(schema, 'user')} where id = any (${erased}::uuid[])`.execute(tx);
    await sql`delete from ${sql.id(schema, 'membership')} where user_id = any (${erased}::uuid[])`.execute(
      tx,
    );
  },
};
