import { sql } from 'kysely';

/**
 * Stands at the beginning of a statement whose text never changes and that runs often: each connection parses and plans it
 * once. A statement that is put together from parts that vary must not bear it.
 */
export const prepared = sql.raw('/* prepared */');
