import { groupSchema } from '../group-schema.js';

export const historySchema = groupSchema('history', 1);

/**
 * Every state that a thing has been in, with the half-open range of positions in which it held. Of people there are ids
 * and states only: names and addresses stand in the log alone, sealed, and go with their key.
 */
export const historyTables = `
create table version (
  category text collate "C" not null,
  id uuid not null,
  from_pos bigint not null,
  to_pos bigint,
  from_event uuid not null,
  to_event uuid,
  from_at timestamptz not null,
  to_at timestamptz,
  to_command uuid,
  ended boolean not null,
  model text collate "C" not null,
  label text not null,
  data jsonb not null,
  revision integer not null,
  created_at timestamptz not null,
  primary key (category, id, from_pos)
);
`;

export const historyIndexes = `
create index if not exists version_valid on version (category, coalesce(to_pos, 9223372036854775807), from_pos);
create index if not exists version_open on version (category, id) where to_pos is null;
create index if not exists version_from_event on version (from_event);
create index if not exists version_to_event on version (to_event);
create index if not exists version_from_at on version (from_at, from_pos);
create index if not exists version_to_at on version (to_at, to_pos) where to_pos is not null;
create index if not exists version_ended on version (to_pos desc) where ended;
create index if not exists version_to_command on version (to_command) where ended;
create index if not exists version_of_user on version ((data ->> 'userId'), category) where category in ('membership', 'session', 'token', 'grant', 'consent');
create index if not exists version_of_group on version ((data ->> 'groupId')) where category = 'membership';
`;

/** One state of one thing. `to_*` are null while it holds. */
export interface VersionRow {
  /** Stream prefix: `application`, `stage`, `user`, `membership`, `session`. */
  readonly category: string;
  readonly id: string;
  readonly from_pos: number;
  readonly to_pos: number | null;
  readonly from_event: string;
  readonly to_event: string | null;
  readonly from_at: string;
  readonly to_at: string | null;
  /** Command that ended the thing, so that what went together can come back together. */
  readonly to_command: string | null;
  /** Whether the thing itself ended with this state, and not only the state. */
  readonly ended: boolean;
  /** Name of the declared model; the category of everything else. */
  readonly model: string;
  readonly label: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly revision: number;
  readonly created_at: string;
}
