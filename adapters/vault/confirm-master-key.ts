import type { Pool } from 'pg';
import type { MasterKey } from './master-key.js';

/** Refuses a key that is not the one the store was written under; the first start records its fingerprint. */
export const confirmMasterKey = async (pool: Pool, masterKey: MasterKey): Promise<void> => {
  await pool.query('insert into keys.master (fingerprint) values ($1) on conflict do nothing', [
    masterKey.fingerprint,
  ]);
  const { rows } = await pool.query<{ fingerprint: string }>('select fingerprint from keys.master');
  if (rows[0]?.fingerprint !== masterKey.fingerprint)
    throw new Error(
      'The master key is not the one this store was written under. Restore the key, or name it in MUNIMENT_MASTER_KEY_FILE.',
    );
};
