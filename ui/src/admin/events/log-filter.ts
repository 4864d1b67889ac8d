import { router } from '../../client/router.svelte.js';
import type { EntryFilter, FeedQuestion } from './event-feed.svelte.js';

const size = 50;

/** Ranges of time that end now, in hours. */
export const ranges = { hour: 1, day: 24, week: 168, month: 720 } as const;
export type Range = keyof typeof ranges;

/** State of the log page, as its query string holds it. */
export interface LogFilter {
  /** Words, or a query in the language of the log. */
  readonly search: string;
  readonly actions: readonly string[];
  readonly severities: readonly string[];
  readonly actor: string | null;
  readonly target: string | null;
  readonly ip: string;
  readonly range: Range | 'custom' | null;
  readonly from: string;
  readonly to: string;
}

export const logFilterIn = (query: URLSearchParams): LogFilter => {
  const range = query.get('range');
  return {
    search: query.get('search') ?? '',
    actions: query.getAll('action'),
    severities: query.getAll('severity'),
    actor: query.get('actor'),
    target: query.get('target'),
    ip: query.get('ip') ?? '',
    range: range !== null && (range in ranges || range === 'custom') ? (range as Range | 'custom') : null,
    from: query.get('from') ?? '',
    to: query.get('to') ?? '',
  };
};

const momentOf = (local: string): string | null => {
  const date = new Date(local);
  return local === '' || Number.isNaN(date.getTime()) ? null : date.toISOString();
};

const filterOf = (log: LogFilter): EntryFilter => ({
  ...(log.actions.length > 0 ? { actions: [...log.actions] } : {}),
  ...(log.severities.length > 0 ? { severities: [...log.severities] } : {}),
  ...(log.actor === null ? {} : { actorId: log.actor }),
  ...(log.target === null ? {} : { targetType: log.target }),
  ...(log.ip === '' ? {} : { ip: log.ip }),
  ...(log.search === '' ? {} : { query: log.search }),
});

/** What the page asks of the log. Ranges that end now are counted from the moment of asking. */
export const questionOf = (log: LogFilter, now: number): FeedQuestion => ({
  filter: filterOf(log),
  from:
    log.range === 'custom'
      ? momentOf(log.from)
      : log.range === null
        ? null
        : new Date(now - ranges[log.range] * 3_600_000).toISOString(),
  to: log.range === 'custom' ? momentOf(log.to) : null,
  size,
});

export const isNarrowed = (log: LogFilter): boolean =>
  log.search !== '' ||
  log.actions.length > 0 ||
  log.severities.length > 0 ||
  log.actor !== null ||
  log.target !== null ||
  log.ip !== '' ||
  log.range !== null;

export const clearLogFilter = (): void =>
  router.set({
    search: null,
    action: null,
    severity: null,
    actor: null,
    target: null,
    ip: null,
    range: null,
    from: null,
    to: null,
  });
