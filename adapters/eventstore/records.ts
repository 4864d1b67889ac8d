import type { Pool } from 'pg';
import type { CommandRecord, VaultEntry } from '../../commands/ports.js';

/** The remembered answer of a command, or null. */
export const findCommand = async (
  pool: Pool,
  id: string,
): Promise<{ command: CommandRecord; position: bigint } | null> => {
  const { rows } = await pool.query<CommandRecord & { position: bigint }>({
    name: 'es-find-command',
    text: `select id, request_hash as "requestHash", sealed_result as "sealedResult", expires_at as "expiresAt", position
             from es.command where id = $1 and expires_at > now()`,
    values: [id],
  });
  const row = rows[0];
  if (!row) return null;
  const { position, ...command } = row;
  return { command, position };
};

export const readVault = async (pool: Pool, ref: string, version: number): Promise<VaultEntry | null> => {
  const { rows } = await pool.query<VaultEntry>({
    name: 'es-read-vault',
    text: 'select ref, version, kind, sealed, fingerprint from es.vault where ref = $1 and version = $2',
    values: [ref, version],
  });
  return rows[0] ?? null;
};
