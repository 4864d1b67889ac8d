import { siemMapper } from '../siem/formats.js';
import type { AuditEntry } from './entry.js';

export const exportFormats = ['csv', 'ndjson', 'ocsf'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** How the event log is written into a file. */
export interface ExportWriter {
  readonly contentType: string;
  readonly extension: string;
  /** What stands before the first entry. */
  readonly head: string;
  /** One entry, with the end of its line. `origin` names this installation. */
  readonly line: (entry: AuditEntry, origin: string) => string;
}

const columns: readonly (readonly [string, (entry: AuditEntry) => string | number | null | undefined])[] = [
  ['occurredAt', (entry) => entry.occurredAt],
  ['action', (entry) => entry.action],
  ['severity', (entry) => entry.severity],
  ['outcome', (entry) => entry.outcome],
  ['reason', (entry) => entry.reason],
  ['app', (entry) => entry.app],
  ['actor.type', (entry) => entry.actor.type],
  ['actor.id', (entry) => entry.actor.id],
  ['actor.label', (entry) => entry.actor.label],
  ['onBehalfOf.id', (entry) => entry.onBehalfOf?.id],
  ['onBehalfOf.label', (entry) => entry.onBehalfOf?.label],
  ['target.type', (entry) => entry.target?.type],
  ['target.id', (entry) => entry.target?.id],
  ['target.label', (entry) => entry.target?.label],
  ['client.ip', (entry) => entry.client.ip],
  ['client.geo.country', (entry) => entry.client.geo?.country],
  ['client.geo.city', (entry) => entry.client.geo?.city],
  ['client.asn.number', (entry) => entry.client.asn?.number],
  ['client.userAgent', (entry) => entry.client.userAgent],
  ['via', (entry) => entry.via],
  ['comment', (entry) => entry.comment],
  ['requestId', (entry) => entry.requestId],
  ['correlationId', (entry) => entry.correlationId],
  ['position', (entry) => entry.position],
  ['id', (entry) => entry.id],
  ['changes', (entry) => JSON.stringify(entry.changes)],
  ['context', (entry) => JSON.stringify(entry.context)],
];

/** RFC 4180. Spreadsheets take what begins with these characters for a formula: an apostrophe makes it a text. */
const cell = (value: string | number | null | undefined): string => {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const row = (values: readonly (string | number | null | undefined)[]): string =>
  `${values.map(cell).join(',')}\r\n`;

const json =
  (format: 'native' | 'ocsf_1_8') =>
  (entry: AuditEntry, origin: string): string =>
    `${JSON.stringify(siemMapper(format)(entry, origin))}\n`;

export const exportWriters: Readonly<Record<ExportFormat, ExportWriter>> = {
  csv: {
    contentType: 'text/csv; charset=utf-8',
    extension: 'csv',
    head: row(columns.map(([name]) => name)),
    line: (entry) => row(columns.map(([, read]) => read(entry))),
  },
  ndjson: { contentType: 'application/x-ndjson', extension: 'ndjson', head: '', line: json('native') },
  ocsf: { contentType: 'application/x-ndjson', extension: 'ocsf.ndjson', head: '', line: json('ocsf_1_8') },
};
