import { sql, type RawBuilder } from 'kysely';
import { normalise } from '../../domain/kernel/claims.js';
import type { Id } from '../../domain/kernel/ids.js';
import { prepared } from '../prepared.js';
import type { Database } from '../projection.js';
import { directorySchema, type UserRow } from './table.js';

const memberships = directorySchema.table('membership');
const users = directorySchema.table('user');

export type UserWithGroups = UserRow & { readonly group_ids: readonly Id<'group'>[] };

const groupIds = sql`coalesce((select jsonb_agg(m.group_id) from ${memberships} m where m.user_id = u.id), '[]') as group_ids`;

export const userById = async (db: Database, id: string): Promise<UserWithGroups | null> => {
  const { rows } =
    await sql<UserWithGroups>`${prepared} select u.*, ${groupIds} from ${users} u where u.id = ${id}`.execute(
      db,
    );
  return rows[0] ?? null;
};

const keyColumns: Readonly<Record<string, string>> = {
  username: 'username_key',
  email: 'email_key',
  upn: 'upn_key',
};
const exactColumns: Readonly<Record<string, string>> = { username: 'username', email: 'email' };

/** The one user that an identifier leads to over the given fields; nobody when it is ambiguous. */
export const userByIdentifier = async (
  db: Database,
  identifier: string,
  fields: readonly string[],
  caseInsensitive: boolean,
): Promise<UserWithGroups | null> => {
  const key = normalise(identifier);
  if (key === '') return null;
  const conditions = fields.flatMap((field) => {
    const column = keyColumns[field];
    if (column === undefined) return [];
    const exact = caseInsensitive ? undefined : exactColumns[field];
    const byKey = sql`u.${sql.ref(column)} = ${key}`;
    return [exact === undefined ? byKey : sql`(${byKey} and u.${sql.ref(exact)} = ${identifier})`];
  });
  if (conditions.length === 0) return null;
  const { rows } = await sql<UserWithGroups>`${prepared}
    select u.*, ${groupIds} from ${users} u where ${sql.join(conditions, sql` or `)} limit 2`.execute(db);
  return rows.length === 1 ? rows[0]! : null;
};

/** Active direct members of any of the groups: all, or as many as asked for, in order, after one. */
export const activeMemberIds = async (
  db: Database,
  groups: readonly string[],
  page?: { readonly after: string | null; readonly limit: number },
): Promise<readonly Id<'user'>[]> => {
  const part = page
    ? sql`and (${page.after}::uuid is null or u.id > ${page.after}::uuid) order by u.id limit ${page.limit}`
    : sql``;
  const { rows } = await sql<{ id: Id<'user'> }>`${prepared}
    select distinct u.id from ${memberships} m join ${users} u on u.id = m.user_id
     where m.group_id = any (${groups}::uuid[]) and u.is_active ${part}`.execute(db);
  return rows.map((row) => row.id);
};

export const usersByIds = async (
  db: Database,
  ids: readonly string[],
): Promise<readonly UserWithGroups[]> => {
  const { rows } =
    await sql<UserWithGroups>`select u.*, ${groupIds} from ${users} u where u.id = any (${ids}::uuid[])`.execute(
      db,
    );
  return rows;
};

/** What users are sorted by: an indexed expression and its type, in which the cursor's text is read back. */
const userOrders = {
  username: { value: sql`u.username_key`, type: sql`text` },
  name: { value: sql`u.name`, type: sql`text` },
  lastLogin: { value: sql`coalesce(u.last_login, '-infinity')`, type: sql`timestamptz` },
  createdAt: { value: sql`u.created_at`, type: sql`timestamptz` },
};
export type UserOrder = keyof typeof userOrders;
export const userOrderNames = Object.keys(userOrders) as UserOrder[];

export interface UserListOptions {
  readonly search: string | null;
  readonly isActive: boolean | null;
  readonly types: readonly string[] | null;
  readonly path: string | null;
  /** Direct members of any of these groups only. */
  readonly memberOf: readonly string[] | null;
  readonly order: UserOrder;
  readonly descending: boolean;
  /** Sort key of the last row of the page before: value as text, and id. */
  readonly after: readonly [string, string] | null;
  readonly limit: number;
}

const conditionsOf = (options: UserListOptions): RawBuilder<unknown> => {
  const conditions = [
    ...(options.search
      ? [sql`u.search like ${`%${options.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`}`]
      : []),
    ...(options.isActive === null ? [] : [sql`u.is_active = ${options.isActive}`]),
    ...(options.types === null ? [] : [sql`u.type = any (${options.types})`]),
    ...(options.path === null
      ? []
      : [sql`(u.path = ${options.path} or u.path like ${`${options.path.replace(/[\\%_]/g, '\\$&')}/%`})`]),
    ...(options.memberOf === null
      ? []
      : [
          sql`exists (select from ${memberships} g where g.user_id = u.id and g.group_id = any (${options.memberOf}::uuid[]))`,
        ]),
  ];
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
};

/** One page of users by keyset. */
export const listUsers = async (
  db: Database,
  options: UserListOptions,
): Promise<readonly (UserWithGroups & { readonly sort_value: string })[]> => {
  const { value, type } = userOrders[options.order];
  const direction = options.descending ? sql`desc` : sql`asc`;
  const compare = options.descending ? sql`<` : sql`>`;
  const beyond =
    options.after === null
      ? sql`true`
      : sql`(${value}, u.id) ${compare} (${options.after[0]}::${type}, ${options.after[1]}::uuid)`;
  const { rows } = await sql<UserWithGroups & { readonly sort_value: string }>`
    select u.*, ${groupIds}, (${value})::text as sort_value from ${users} u
     where ${conditionsOf(options)} and ${beyond}
     order by ${value} ${direction}, u.id ${direction} limit ${options.limit}`.execute(db);
  return rows;
};

/** How many users a list holds; counting stops at the cap. */
export const countUsers = async (db: Database, options: UserListOptions, cap: number): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from ${users} u where ${conditionsOf(options)} limit ${cap}) as capped`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
};

export const highestUserNumber = async (db: Database): Promise<number> => {
  const { rows } = await sql<{
    number: number | null;
  }>`select max(number) as number from ${users}`.execute(db);
  return rows[0]?.number ?? 0;
};
