import type { Pool } from 'pg';
import type { Numbers } from '../../commands/ports.js';

/** Numbers from a sequence: never handed out twice, gaps are fine. */
export const postgresNumbers = (pool: Pool): Numbers => ({
  nextUserNumber: async () => {
    const { rows } = await pool.query<{ number: bigint }>("select nextval('es.user_number') as number");
    return Number(rows[0]!.number);
  },
});
