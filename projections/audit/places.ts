import { sql } from 'kysely';
import type { Condition } from '../../domain/kernel/condition/condition.js';
import type { GeoPlace } from '../../domain/kernel/event.js';
import type { Database } from '../projection.js';
import { conditionSql } from './condition-sql.js';
import { auditSchema } from './table.js';
import { rangeSql } from './time-range.js';

const entries = auditSchema.table('entry');

/** A place from which entries came. */
export interface PlaceRow extends GeoPlace {
  readonly count: number;
  readonly newest_ids: readonly string[];
}

const placesAtMost = 500;
const newestShown = 5;

/** Places that entries under a condition came from in a range of time, those with most entries first. */
export const auditPlaces = async (
  db: Database,
  condition: Condition,
  from: string,
  to: string,
): Promise<readonly PlaceRow[]> => {
  const { rows } = await sql<PlaceRow>`
    select e.geo_continent as continent, e.geo_country as country, e.geo_city as city, e.geo_lat as lat, e.geo_lon as lon,
        count(*)::int as count, (array_agg(e.id::text order by e.position desc))[1:${sql.lit(newestShown)}] as newest_ids
      from ${entries} e
     where ${sql.join([conditionSql(condition), sql`(e.geo_lat is not null or e.geo_country is not null)`, ...rangeSql({ from, to })], sql` and `)}
     group by 1, 2, 3, 4, 5 order by 6 desc limit ${placesAtMost}`.execute(db);
  return rows;
};
