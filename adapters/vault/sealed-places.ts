import type { Pool } from 'pg';
import type { SealPurpose } from './key-ring.js';

/** A column of texts sealed under master keys, and what binds each text to its row. */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
  readonly purpose: SealPurpose;
  /** Columns of the primary key with their types. */
  readonly key: Readonly<Record<string, string>>;
  /** SQL for the additional data of a row. */
  readonly additionalData: string;
}

/** Everything that a change of the master key has to seal again. */
export const sealedPlaces: readonly SealedPlace[] = [
  {
    table: 'keys.digest_key',
    column: 'wrapped',
    purpose: 'digest-key',
    key: { purpose: 'text' },
    additionalData: 'purpose',
  },
  {
    table: 'keys.subject_key',
    column: 'wrapped',
    purpose: 'subject-key',
    key: { subject: 'text', version: 'integer' },
    additionalData: `subject || '|' || version`,
  },
  {
    table: 'es.vault',
    column: 'sealed',
    purpose: 'vault',
    key: { ref: 'text', version: 'integer' },
    additionalData: `ref || '|' || version || '|' || kind`,
  },
  {
    table: 'es.command',
    column: 'sealed_result',
    purpose: 'command-result',
    key: { id: 'uuid' },
    additionalData: 'id::text',
  },
  {
    table: 'flow.execution',
    column: 'state',
    purpose: 'flow-state',
    key: { id: 'uuid' },
    additionalData: 'id::text',
  },
  {
    table: 'flow.one_time_value',
    column: 'sealed',
    purpose: 'flow-state',
    key: { key: 'text' },
    additionalData: `substring(key from position('/' in key) + 1)`,
  },
];

/** How many texts are sealed under each key. Texts that name none belong to the founder. */
export const countSealed = async (pool: Pool, founder: string): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  for (const { table, column } of sealedPlaces) {
    const { rows } = await pool.query<{ id: string; count: number }>(
      `select coalesce(nullif(split_part(${column}, '.', 3), ''), $1) as id, count(*)::int as count from ${table} group by 1`,
      [founder],
    );
    for (const { id, count } of rows) counts.set(id, (counts.get(id) ?? 0) + count);
  }
  return counts;
};

export const sealedUnder = async (pool: Pool, keyId: string, founder: string): Promise<number> =>
  (await countSealed(pool, founder)).get(keyId) ?? 0;
