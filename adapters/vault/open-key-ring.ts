import type { Pool } from 'pg';
import { digestPurposes, KeyRing, type DigestPurpose } from './key-ring.js';
import type { KeySource } from './key-source.js';
import { sealedUnder } from './sealed-places.js';

/** A state of a key: `active` seals, `previous` still opens, `retired` is needed by nothing any more. */
export interface RingKey {
  readonly id: string;
  readonly fingerprint: string;
  readonly state: 'active' | 'previous' | 'retired';
  readonly founder: boolean;
  readonly createdAt: Date;
}

export const ringKeys = async (pool: Pool): Promise<readonly RingKey[]> => {
  const { rows } = await pool.query<RingKey>(
    `select id, fingerprint, state, founder, created_at as "createdAt" from keys.ring order by created_at, id`,
  );
  return rows;
};

/** The first key of a store: the one it was written under, or for a new store the first at hand or a new one. */
const foundRing = async (pool: Pool, source: KeySource): Promise<void> => {
  const { rows } = await pool.query<{ fingerprint: string }>('select fingerprint from keys.master');
  const known = rows[0]?.fingerprint;
  const keys = source.keys();
  const founder =
    known === undefined
      ? (keys[0] ?? (await source.create?.()))
      : keys.find((key) => key.fingerprint === known);
  if (!founder)
    throw new Error(
      known !== undefined && keys.length > 0
        ? `The master key is not the one this store was written under, ${known.slice(0, 16)}. Restore that key, or name it in MUNIMENT_MASTER_KEY_FILE.`
        : `The master key ${known?.slice(0, 16) ?? ''} of this store is missing. Restore its file, or name it in MUNIMENT_MASTER_KEY_FILE.`,
    );
  await pool.query('insert into keys.master (fingerprint) values ($1) on conflict do nothing', [
    founder.fingerprint,
  ]);
  // Of two first starts with different keys one wins; the other finds below that its key is not the one.
  await pool.query(
    `insert into keys.ring (id, fingerprint, state, founder)
     select $1, $2, 'active', true from keys.master where fingerprint = $2 on conflict do nothing`,
    [founder.id, founder.fingerprint],
  );
};

/**
 * The master keys of the store behind a pool. Throws, in words for the operator, when a key that something is sealed under
 * is not at hand, and names it. A missing key that nothing needs is no hindrance.
 */
export const openKeyRing = async (pool: Pool, source: KeySource): Promise<KeyRing> => {
  if ((await ringKeys(pool)).length === 0) await foundRing(pool, source);
  const known = await ringKeys(pool);
  const active = known.find((key) => key.state === 'active');
  const founder = known.find((key) => key.founder);
  if (!active || !founder)
    throw new Error('The list of master keys of this store is damaged: no key is active.');
  const atHand = new Set(source.keys().map((key) => key.fingerprint));
  for (const key of known) {
    if (key.state === 'retired' || atHand.has(key.fingerprint)) continue;
    const needed = key.state === 'active' || (await sealedUnder(pool, key.id, founder.id)) > 0;
    if (needed)
      throw new Error(
        `The master key ${key.id} is missing, and parts of this store are sealed under it. Put it back: ${source.placeOf(key.id)}.`,
      );
  }
  const ring = new KeyRing(source, founder.id, active.id);
  await loadDigestKeys(pool, ring);
  return ring;
};

/** Digest keys stand in the store, sealed; a store that has none yet gets those that its founder had been stretched into. */
const loadDigestKeys = async (pool: Pool, ring: KeyRing): Promise<void> => {
  const read = async (): Promise<readonly { purpose: DigestPurpose; wrapped: string }[]> =>
    (
      await pool.query<{ purpose: DigestPurpose; wrapped: string }>(
        'select purpose, wrapped from keys.digest_key',
      )
    ).rows;
  const missing = async (): Promise<readonly DigestPurpose[]> => {
    const known = new Set((await read()).map((row) => row.purpose));
    return digestPurposes.filter((purpose) => !known.has(purpose));
  };
  for (const purpose of await missing())
    await pool.query(
      'insert into keys.digest_key (purpose, wrapped) values ($1, $2) on conflict do nothing',
      [purpose, ring.seal('digest-key', ring.founderDigestKey(purpose).toString('base64'), purpose)],
    );
  for (const { purpose, wrapped } of await read())
    ring.setDigestKey(purpose, Buffer.from(ring.open('digest-key', wrapped, purpose), 'base64'));
};
