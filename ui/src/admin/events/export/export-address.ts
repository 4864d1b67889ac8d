import type { ExportFormat } from './export-format.js';
import { questionOf, type LogFilter } from '../log-filter.js';

const oneOf = (field: string, values: readonly string[]): string[] =>
  values.length === 0 ? [] : [`${field} in (${values.map((value) => JSON.stringify(value)).join(', ')})`];
const equal = (field: string, value: string | null): string[] =>
  value === null || value === '' ? [] : oneOf(field, [value]);

/** What the page is narrowed to, in the language of the log. */
const queryOf = (log: LogFilter): string =>
  [
    ...oneOf('action', log.actions),
    ...oneOf('severity', log.severities),
    ...equal('actor.id', log.actor),
    ...equal('target.type', log.target),
    ...equal('client.ip', log.ip),
    ...(log.search.trim() === '' ? [] : [`(${log.search})`]),
  ].join(' and ');

/** Address of the file that holds what the page shows, and everything older that its filter lets through. */
export const exportAddress = (log: LogFilter, format: ExportFormat, now: number): string => {
  const { from, to } = questionOf(log, now);
  const query = queryOf(log);
  const parameters = Object.entries({ format, query: query === '' ? null : query, from, to }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return `/api/audit/export?${new URLSearchParams(parameters).toString()}`;
};
