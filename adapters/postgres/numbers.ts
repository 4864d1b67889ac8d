import type { Pool } from 'pg';
import type { Numbers } from '../../commands/ports.js';

/** Numbers from a sequence: never handed out twice, gaps are fine. */
export const postgresNumbers = (
  pool: Pool,
): Numbers & { readonly raiseUserNumber: (atLeast: number) => Promise<void> } => ({
  nextUserNumber: async () => {
    const { rows } = await pool.query<{ number: bigint }>("select nextval('es.user_number') as number");
    return Number(rows[0]!.number);
  },
  /** The next number is above this one. */
  raiseUserNumber: async (atLeast) => {
    await pool.query(
      "select setval('es.user_number', $1::integer) from es.user_number where last_value < $1::integer or (last_value = $1::integer and not is_called)",
      [atLeast],
    );
  },
});
