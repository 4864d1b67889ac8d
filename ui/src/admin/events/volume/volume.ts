import { query } from '../../../client/api.js';
import { graphql, type ResultOf } from '../../../client/environment.js';
import type { Buckets, Series } from '../../../design/chart/chart-scale.js';
import { t } from '../../../messages/t.js';
import type { FeedQuestion } from '../event-feed.svelte.js';
import { actionLabel } from '../labels.js';
import { spanOf } from '../span.js';

const volumeDocument = graphql(`
  query Volume($filter: AuditEntryFilter, $from: DateTime!, $to: DateTime!, $buckets: Int!) {
    auditVolume(filter: $filter, from: $from, to: $to, buckets: $buckets) {
      from
      bucketMs
      buckets
      actions {
        action
        counts
      }
    }
  }
`);

const bucketsWanted = 60;
/** Actions with a colour of their own; the rest is one. */
const told = 5;

/** Key of the series that holds all actions without one of their own. */
export const others = 'others';

export interface Volume {
  readonly buckets: Buckets;
  readonly series: readonly Series[];
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const seriesOf = (
  actions: ResultOf<typeof volumeDocument>['auditVolume']['actions'],
  count: number,
): readonly Series[] => {
  const ranked = [...actions].sort((a, b) => sum(b.counts) - sum(a.counts));
  const rest = ranked.slice(told);
  return [
    ...ranked.slice(0, told).map(({ action, counts }, index) => ({
      key: action,
      label: actionLabel(action),
      colour: index + 1,
      counts,
    })),
    ...(rest.length === 0
      ? []
      : [
          {
            key: others,
            label: t('volume.others', { count: rest.length }),
            colour: told + 1,
            counts: Array.from({ length: count }, (_, index) =>
              rest.reduce((total, { counts }) => total + (counts[index] ?? 0), 0),
            ),
          },
        ]),
  ];
};

/** How many entries under a filter there are, by time and action. Without a range: of the last thirty days. */
export const loadVolume = async (question: FeedQuestion, now: number): Promise<Volume> => {
  const { auditVolume } = await query(volumeDocument, {
    filter: question.filter,
    ...spanOf(question, now),
    buckets: bucketsWanted,
  });
  return {
    buckets: {
      fromMs: Date.parse(auditVolume.from),
      stepMs: auditVolume.bucketMs,
      count: auditVolume.buckets,
    },
    series: seriesOf(auditVolume.actions, auditVolume.buckets),
  };
};
