import { sql } from 'kysely';
import type { ConfigView } from '../../domain/kernel/config-view.js';
import { ConfigModel } from '../config/config-model.js';
import type { ModelRow } from '../config/table.js';
import type { Database } from '../projection.js';
import { historySchema, type VersionRow } from './table.js';

const versions = historySchema.table('version');

const holdsAt = (position: bigint) =>
  sql`v.from_pos <= ${position} and coalesce(v.to_pos, 9223372036854775807) > ${position}`;

/** Position of the latest event that had happened at a time: everything as of then is what stood up to there. */
export const positionAt = async (db: Database, at: string): Promise<bigint> => {
  const { rows } = await sql<{ position: bigint | null }>`
    select greatest(
      (select from_pos from ${versions} where from_at <= ${at} order by from_at desc, from_pos desc limit 1),
      (select to_pos from ${versions} where to_pos is not null and to_at <= ${at} order by to_at desc, to_pos desc limit 1)
    ) as position`.execute(db);
  return BigInt(rows[0]?.position ?? 0);
};

const behaviours = ['user', 'membership', 'session', 'token', 'grant', 'consent'];

/** The whole configuration as it stood at a position. */
export const configAt = async (db: Database, position: bigint): Promise<ConfigView> => {
  const { rows } = await sql<{ row: ModelRow }>`
    select jsonb_build_object('id', v.id, 'model', v.model, 'label', v.label, 'data', v.data, 'revision', v.revision,
      'position', v.from_pos, 'created_at', v.created_at, 'changed_at', v.from_at) as row
    from ${versions} v where v.category <> all (${behaviours}) and ${holdsAt(position)}`.execute(db);
  return ConfigModel.of(
    rows.map(({ row }) => row),
    position,
  );
};

/** The state of one thing at a position, or null. */
export const versionAt = async (
  db: Database,
  category: string,
  id: string,
  position: bigint,
): Promise<VersionRow | null> => {
  const { rows } = await sql<{ row: VersionRow }>`
    select to_jsonb(v) as row from ${versions} v
    where v.category = ${category} and v.id = ${id} and ${holdsAt(position)}`.execute(db);
  return rows[0]?.row ?? null;
};

/** Names that things bore at a position, by `<id>@<position>`. Persons have none here. */
export const labelsAt = async (
  db: Database,
  wanted: readonly { readonly id: string; readonly position: string }[],
): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await sql<{ key: string; label: string }>`
    select w.id || '@' || w.position as key, v.label from ${versions} v
    join jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w(id text, position bigint) on v.id = w.id::uuid
    where v.label <> '' and v.from_pos <= w.position and coalesce(v.to_pos, 9223372036854775807) >= w.position
    order by v.from_pos`.execute(db);
  return new Map(rows.map((row) => [row.key, row.label]));
};

/** Direct memberships at a position, of all users or of some. */
export const membershipsAt = async (
  db: Database,
  position: bigint,
  only: {
    readonly userId?: string;
    readonly userIds?: readonly string[];
    readonly groupId?: string;
  } = {},
): Promise<readonly { readonly userId: string; readonly groupId: string }[]> => {
  const { rows } = await sql<{ data: { userId: string; groupId: string } }>`
    select v.data from ${versions} v where v.category = 'membership' and ${holdsAt(position)}
    and ${only.userId === undefined ? sql`true` : sql`v.data ->> 'userId' = ${only.userId}`}
    and ${only.userIds === undefined ? sql`true` : sql`v.data ->> 'userId' = any (${only.userIds})`}
    and ${only.groupId === undefined ? sql`true` : sql`v.data ->> 'groupId' = ${only.groupId}`}`.execute(db);
  return rows.map(({ data }) => data);
};

/** Where an event stands that began or ended a state; null for events without one. */
export const placeOfEvent = async (
  db: Database,
  eventId: string,
): Promise<Pick<VersionRow, 'category' | 'id'> | null> => {
  const { rows } = await sql<Pick<VersionRow, 'category' | 'id'>>`
    select category, id from ${versions} where from_event = ${eventId} or to_event = ${eventId} limit 1`.execute(
    db,
  );
  return rows[0] ?? null;
};

/** Things that one command ended. */
export const endedByCommand = async (db: Database, commandId: string): Promise<readonly VersionRow[]> => {
  const { rows } = await sql<{ row: VersionRow }>`
    select to_jsonb(v) as row from ${versions} v where v.to_command = ${commandId} and v.ended
    order by v.to_pos`.execute(db);
  return rows.map(({ row }) => row);
};

/** What was deleted since a moment and is still gone, newest first. */
export const deletedSince = async (
  db: Database,
  options: {
    readonly since: string;
    readonly models: readonly string[];
    readonly before: bigint | null;
    readonly limit: number;
  },
): Promise<readonly VersionRow[]> => {
  const { rows } = await sql<{ row: VersionRow }>`
    select to_jsonb(v) as row from ${versions} v
    where v.ended and v.to_at >= ${options.since} and v.model = any (${options.models})
    and ${options.before === null ? sql`true` : sql`v.to_pos < ${options.before}`}
    and not exists (select from ${versions} n where n.category = v.category and n.id = v.id and n.from_pos > v.from_pos)
    order by v.to_pos desc limit ${options.limit}`.execute(db);
  return rows.map(({ row }) => row);
};

/** When a user had signed in last, up to a position. */
export const lastLoginAt = async (db: Database, userId: string, position: bigint): Promise<string | null> => {
  const { rows } = await sql<{ at: string | null }>`
    select max(from_at) as at from ${versions} v
    where v.category = 'session' and v.data ->> 'userId' = ${userId} and v.from_pos <= ${position}`.execute(
    db,
  );
  return rows[0]?.at ?? null;
};

/** Users at a position: ids, and whether they were active. */
export const usersAt = async (
  db: Database,
  position: bigint,
): Promise<readonly { readonly id: string; readonly isActive: boolean }[]> => {
  const { rows } = await sql<{ id: string; isActive: boolean }>`
    select v.id, (v.data ->> 'isActive')::boolean as "isActive" from ${versions} v
    where v.category = 'user' and ${holdsAt(position)} order by v.id`.execute(db);
  return rows;
};
