import { sql, type RawBuilder } from 'kysely';

/** Where the tables of one version of a group of read models stand. */
export interface GroupSchema {
  readonly name: string;
  readonly version: number;
  /** Schema of the tables that are read. Each version of a group has one of its own, so that two can live side by side. */
  readonly live: string;
  /** A table of it, for a query. */
  readonly table: (name: string) => RawBuilder<unknown>;
}

export const groupSchema = (name: string, version: number): GroupSchema => {
  const live = `${name}_v${String(version)}`;
  return { name, version, live, table: (table) => sql.id(live, table) };
};

/** Where tables of the same version are made anew, beside those that are read. */
export const nextSchema = ({ live }: Pick<GroupSchema, 'live'>): string => `${live}_next`;
