import type { QueryConfig } from 'pg';
import type { AppendBatch } from '../../../commands/ports.js';
import type { EventText } from '../limits.js';

/** One append of a flush: the batch, and its events as JSON in the order of the batch. */
export interface FlushedAppend {
  readonly batch: AppendBatch;
  readonly texts: readonly EventText[];
}

type Cell = string | number | null;
type Row = readonly Cell[];

/** Arrays per kind of row, and how many columns each has. The order is that of the parameters of `es.append`. */
const widths = { streams: 5, events: 8, claims: 5, vault: 6, commands: 5 } as const;
type Rows = Readonly<Record<keyof typeof widths, Row[]>>;

const parameters = Object.values(widths).reduce<number>((sum, width) => sum + width, 0) + 2;
const text = `select es.append(${Array.from({ length: parameters }, (_, index) => `$${String(index + 1)}`).join(', ')}) as result`;

const plain = /^[\w.:@/+=-]+$/;

const literalOf = (cell: Cell): string => {
  if (cell === null) return 'NULL';
  if (typeof cell === 'number') return String(cell);
  return plain.test(cell) && cell !== 'NULL' ? cell : `"${cell.replaceAll(/["\\]/g, '\\$&')}"`;
};

/** The columns of rows as array literals of Postgres. */
const columnsOf = (rows: readonly Row[], width: number): string[] =>
  Array.from({ length: width }, (_, column) => `{${rows.map((row) => literalOf(row[column]!)).join()}}`);

const gather = (rows: Rows, { batch }: FlushedAppend, a: number, ranks: Map<string, number>): void => {
  for (const { stream, expected, events } of batch.streams) {
    const base = expected === 'any' ? null : expected === 'no_stream' ? -1 : expected;
    rows.streams.push([a, stream, base, events[0]?.id ?? null, events.at(-1)?.id ?? null]);
    events.forEach((event, index) => {
      // Appends without an expectation queue up behind each other: the rank counts them within the flush.
      const rank = ranks.get(stream) ?? 0;
      if (base === null) ranks.set(stream, rank + 1);
      const revision = base === null ? null : base + 1 + index;
      rows.events.push([
        a,
        stream,
        revision,
        rank,
        event.id,
        event.type,
        event.version,
        event.at.toISOString(),
      ]);
    });
  }
  for (const { op, kind, hash, stream } of batch.claims) rows.claims.push([a, op, kind, hash, stream]);
  for (const { ref, version, kind, sealed, fingerprint } of batch.vault)
    rows.vault.push([a, ref, version, kind, sealed, fingerprint]);
  if (batch.command) {
    const { id, requestHash, sealedResult, expiresAt } = batch.command;
    rows.commands.push([a, id, requestHash, sealedResult, expiresAt.toISOString()]);
  }
};

/** The call of `es.append` for one flush. Appends are known by their place in the list. */
export const appendCall = (appends: readonly FlushedAppend[]): QueryConfig => {
  const rows: Rows = { streams: [], events: [], claims: [], vault: [], commands: [] };
  const ranks = new Map<string, number>();
  appends.forEach((append, a) => {
    gather(rows, append, a, ranks);
  });
  const texts = appends.flatMap((append) => append.texts);
  return {
    name: 'es-append',
    text,
    values: [
      ...columnsOf(rows.streams, widths.streams),
      ...columnsOf(rows.events, widths.events),
      `[${texts.map((event) => event.data).join()}]`,
      `[${texts.map((event) => event.meta).join()}]`,
      ...columnsOf(rows.claims, widths.claims),
      ...columnsOf(rows.vault, widths.vault),
      ...columnsOf(rows.commands, widths.commands),
    ],
  };
};
