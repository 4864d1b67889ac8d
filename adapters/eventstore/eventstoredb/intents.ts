import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { AppendBatch, CommandRecord } from '../../../commands/ports.js';
import { OutcomeUnknown } from '../../../domain/kernel/store-errors.js';
import { findCommand } from '../records.js';

interface IntentRow {
  readonly digest: string;
  readonly batch: AppendBatch & {
    readonly streams: readonly { readonly events: readonly { readonly at: string }[] }[];
    readonly command: { readonly expiresAt: string } | null;
  };
}

const revive = ({ batch }: IntentRow): AppendBatch => ({
  ...batch,
  streams: batch.streams.map((stream) => ({
    ...stream,
    events: stream.events.map((event) => ({ ...event, at: new Date(event.at) })),
  })),
  command: batch.command && { ...batch.command, expiresAt: new Date(batch.command.expiresAt) },
});

/** An intent is known by the first event it will store. */
export const intentId = (batch: AppendBatch): string => batch.streams[0]!.events[0]!.id;

/**
 * What is under way and cannot be stored by one append to one stream: written down whole before anything of it happens,
 * so that any process can finish it. Vault entries and remembered answers become visible when it is finished.
 */
export class Intents {
  readonly #pool: Pool;
  /** A decision that is repeated has the ids of the one before: the digest tells them apart. */
  readonly #digests = new WeakMap<AppendBatch, string>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Writes down what is about to happen. False when other work with the same ids is under way. */
  async hold(batch: AppendBatch): Promise<boolean> {
    const text = JSON.stringify(batch);
    const digest = createHash('sha256').update(text).digest('base64url');
    this.#digests.set(batch, digest);
    const rows = await this.#query<{ digest: string }>(
      `with added as (
         insert into es.intent (id, digest, batch) values ($1, $2, $3)
         on conflict (id) do nothing returning digest)
       select digest from added union all select digest from es.intent where id = $1`,
      [intentId(batch), digest, text],
    );
    return rows[0]?.digest === digest;
  }

  /** Whether this very work is still to be done. */
  async stands(batch: AppendBatch): Promise<boolean> {
    const rows = await this.#query('select from es.intent where id = $1 and digest = $2', [
      intentId(batch),
      this.#digests.get(batch),
    ]);
    return rows.length > 0;
  }

  #known(row: IntentRow): AppendBatch {
    const batch = revive(row);
    this.#digests.set(batch, row.digest);
    return batch;
  }

  async exists(id: string): Promise<boolean> {
    const rows = await this.#query('select from es.intent where id = $1', [id]);
    return rows.length > 0;
  }

  async answerTo(commandId: string): Promise<{ command: CommandRecord; position: bigint } | null> {
    return findCommand(this.#pool, commandId).catch((error: unknown) => {
      throw new OutcomeUnknown(error);
    });
  }

  /** Nothing of it was stored, and nothing will be. */
  async drop(batch: AppendBatch): Promise<void> {
    await this.#query('delete from es.intent where id = $1 and digest = $2', [
      intentId(batch),
      this.#digests.get(batch),
    ]);
  }

  /** All its events are stored: secrets and the answer of the command become visible as the intent goes. */
  async finish(batch: AppendBatch, position: bigint): Promise<void> {
    await this.#query(
      `with vault as (
         insert into es.vault (ref, version, kind, sealed, fingerprint)
           select ref, version, kind, sealed, fingerprint
             from jsonb_to_recordset($2) as v(ref text, version integer, kind text, sealed text, fingerprint text)
           on conflict (ref, version) do nothing),
       command as (
         insert into es.command (id, request_hash, sealed_result, expires_at, position)
           select id, "requestHash", "sealedResult", "expiresAt", $4
             from jsonb_to_recordset($3) as k(id uuid, "requestHash" text, "sealedResult" text, "expiresAt" timestamptz)
           on conflict (id) do update set request_hash = excluded.request_hash, position = excluded.position,
             sealed_result = excluded.sealed_result, expires_at = excluded.expires_at
             where es.command.expires_at <= now())
       delete from es.intent where id = $1 and digest = $5`,
      [
        intentId(batch),
        JSON.stringify(batch.vault),
        JSON.stringify(batch.command ? [batch.command] : []),
        position,
        this.#digests.get(batch),
      ],
    );
  }

  /** Work that somebody began and did not finish within the time, oldest first. */
  async leftFor(ms: number): Promise<readonly AppendBatch[]> {
    const rows = await this.#query<IntentRow>(
      `select digest, batch from es.intent where created_at <= now() - make_interval(secs => $1) order by created_at limit 100`,
      [ms / 1000],
    );
    return rows.map((row) => this.#known(row));
  }

  /** Whether there is work under way on a stream. */
  async touches(stream: string): Promise<boolean> {
    const rows = await this.#query("select from es.intent where batch -> 'streams' @> $1::jsonb limit 1", [
      JSON.stringify([{ stream }]),
    ]);
    return rows.length > 0;
  }

  /** Work under way that will put this version of a secret into the vault. */
  async withSecret(ref: string, version: number): Promise<readonly AppendBatch[]> {
    const rows = await this.#query<IntentRow>(
      'select digest, batch from es.intent where batch -> $1 @> $2::jsonb',
      ['vault', JSON.stringify([{ ref, version }])],
    );
    return rows.map((row) => this.#known(row));
  }

  async #query<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    try {
      return (await this.#pool.query<Row>(text, values)).rows;
    } catch (error) {
      throw new OutcomeUnknown(error);
    }
  }
}
