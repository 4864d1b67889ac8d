import type { Pool } from 'pg';

/** Who holds each claim, by `<kind> <hash>`. */
export const storedClaims = async (pool: Pool): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await pool.query<{ claim: string; stream: string }>(
    `select kind || ' ' || hash as claim, stream from es.claim`,
  );
  return new Map(rows.map(({ claim, stream }) => [claim, stream]));
};

/** Versions of subject keys that are there, as `<subject> <version>`. */
export const storedSubjectKeys = async (pool: Pool): Promise<ReadonlySet<string>> => {
  const { rows } = await pool.query<{ key: string }>(
    `select subject || ' ' || version as key from keys.subject_key`,
  );
  return new Set(rows.map((row) => row.key));
};
