import type { Pool } from 'pg';
import type { KeyRing } from './key-ring.js';
import { countSealed, sealedPlaces, type SealedPlace } from './sealed-places.js';

const batchSize = 500;

type Row = Readonly<Record<string, unknown>> & { readonly sealed: string; readonly bound: string };

/** How many texts are not sealed under the active key. */
export const countToRewrap = async (pool: Pool, ring: KeyRing): Promise<number> => {
  let count = 0;
  for (const [id, sealed] of await countSealed(pool, ring.founder)) if (id !== ring.active) count += sealed;
  return count;
};

const nextBatch = async (
  pool: Pool,
  place: SealedPlace,
  ring: KeyRing,
  last: Row | null,
): Promise<readonly Row[]> => {
  const columns = Object.keys(place.key);
  const after = last
    ? `and (${columns.join()}) > (${columns.map((column, n) => `$${String(n + 3)}::${place.key[column]!}`).join()})`
    : '';
  const { rows } = await pool.query<Row>(
    `select ${columns.join()}, ${place.column} as sealed, ${place.additionalData} as bound from ${place.table}
      where coalesce(nullif(split_part(${place.column}, '.', 3), ''), $2) <> $1 ${after} order by ${columns.join()} limit ${String(batchSize)}`,
    [ring.active, ring.founder, ...(last ? columns.map((column) => last[column]) : [])],
  );
  return rows;
};

/**
 * Seals everything again that is not under the active key. What changed meanwhile stays as it is: it was sealed anew then.
 * May be stopped at any time and goes on where it stood; readers open both forms.
 */
export const rewrap = async (
  pool: Pool,
  ring: KeyRing,
  onProgress: (done: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<number> => {
  let done = 0;
  for (const place of sealedPlaces) {
    const columns = Object.entries(place.key);
    const match = columns.map(([column]) => `t.${column} = r.${column}`).join(' and ');
    for (let last: Row | null = null; !signal?.aborted;) {
      const batch: readonly Row[] = await nextBatch(pool, place, ring, last);
      if (batch.length === 0) break;
      const again = batch.map(({ bound, ...row }) => ({
        ...row,
        anew: ring.seal(place.purpose, ring.open(place.purpose, row.sealed, bound), bound),
      }));
      await pool.query(
        `update ${place.table} t set ${place.column} = r.anew
           from jsonb_to_recordset($1::jsonb) as r(${columns.map(([column, type]) => `${column} ${type}`).join()}, sealed text, anew text)
          where ${match} and t.${place.column} = r.sealed`,
        [JSON.stringify(again)],
      );
      done += batch.length;
      onProgress(done);
      last = batch.at(-1)!;
    }
  }
  return done;
};
