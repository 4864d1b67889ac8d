import type { Pool } from 'pg';
import type { KeyRing } from './key-ring.js';
import type { KeySource } from './key-source.js';
import type { MasterKey } from './master-key.js';
import { ringKeys } from './open-key-ring.js';
import { sealedUnder } from './sealed-places.js';

/** The key to go on with: one at hand that the store does not know yet, else a new one. Throws where none can be made. */
export const nextKey = async (pool: Pool, source: KeySource): Promise<MasterKey> => {
  const known = new Set((await ringKeys(pool)).map((key) => key.id));
  const prepared = source.keys().find((key) => !known.has(key.id));
  if (prepared) return prepared;
  if (!source.create)
    throw new Error(
      'Put a new key into MUNIMENT_MASTER_KEY and the present one into MUNIMENT_MASTER_KEY_PREVIOUS, restart every process, then rotate.',
    );
  return source.create();
};

/** Makes a key the one that seals, for every process that starts from now on. */
export const activateKey = async (pool: Pool, ring: KeyRing, key: MasterKey): Promise<void> => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`update keys.ring set state = 'previous' where state = 'active'`);
    await client.query(
      `insert into keys.ring (id, fingerprint, state) values ($1, $2, 'active')
       on conflict (id) do update set state = 'active'`,
      [key.id, key.fingerprint],
    );
    // Versions that know one key only refuse to start from here on, instead of failing to read.
    await client.query('update keys.master set fingerprint = $1', [key.fingerprint]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
  ring.activate(key.id);
};

/** Marks a key as needed by nothing. Throws when it is the active one, unknown, or something is still sealed under it. */
export const retireKey = async (pool: Pool, ring: KeyRing, keyId: string): Promise<void> => {
  const key = (await ringKeys(pool)).find((known) => known.id === keyId);
  if (!key) throw new Error(`There is no master key ${keyId}.`);
  if (key.state === 'active') throw new Error(`The master key ${keyId} is the active one. Rotate first.`);
  const count = await sealedUnder(pool, keyId, ring.founder);
  if (count > 0)
    throw new Error(
      `The master key ${keyId} is still needed: ${String(count)} texts are sealed under it. Run "muniment keys rewrap" first.`,
    );
  await pool.query(`update keys.ring set state = 'retired' where id = $1`, [keyId]);
};
