import { query } from '../../../client/api.js';
import { graphql } from '../../../client/environment.js';
import type { FeedQuestion } from '../event-feed.svelte.js';

const countDocument = graphql(`
  query CountEntries($filter: AuditEntryFilter, $from: DateTime, $to: DateTime) {
    auditEntries(first: 1, filter: $filter, from: $from, to: $to) {
      totalCount
    }
  }
`);

const volumeDocument = graphql(`
  query CountManyEntries($filter: AuditEntryFilter, $from: DateTime!, $to: DateTime!) {
    auditVolume(filter: $filter, from: $from, to: $to, buckets: 1) {
      actions {
        counts
      }
    }
  }
`);

/** The list counts up to here. */
const counted = 10_000;
const begin = '1970-01-01T00:00:00.000Z';

/** How many entries there are under a filter; from ten thousand on to the hour. */
export const countEntries = async ({ filter, from, to }: FeedQuestion, now: number): Promise<number> => {
  const { auditEntries } = await query(countDocument, { filter, from, to });
  if (auditEntries.totalCount <= counted) return auditEntries.totalCount;
  const { auditVolume } = await query(volumeDocument, {
    filter,
    from: from ?? begin,
    to: to ?? new Date(now).toISOString(),
  });
  return auditVolume.actions.reduce((sum, { counts }) => sum + counts.reduce((all, one) => all + one, 0), 0);
};
