import { query } from '../../client/api.js';
import { graphql, type VariablesOf } from '../../client/environment.js';
import type { Buckets, Series } from '../../design/chart/chart-scale.js';

const activityDocument = graphql(`
  query Activity($step: ActivityStep!, $points: Int!, $actions: [String!]!, $userId: ID, $applicationId: ID) {
    activityCounts(
      step: $step
      points: $points
      actions: $actions
      userId: $userId
      applicationId: $applicationId
    ) {
      from
      stepSeconds
      series {
        action
        outcome
        counts
      }
    }
  }
`);

type Window = Pick<VariablesOf<typeof activityDocument>, 'step' | 'points'>;

/** Whose activity is counted; everybody's when neither is named. */
export interface Subject {
  readonly userId?: string;
  readonly applicationId?: string;
}

/** What a chart counts: an action that ended in a certain way. */
export interface Measure {
  readonly key: string;
  readonly action: string;
  readonly outcome: 'success' | 'failure';
  readonly label: string;
  readonly colour: number;
}

export interface Activity {
  readonly buckets: Buckets;
  readonly series: readonly Series[];
}

/** How often each measure was met, by buckets that end now. A measure that was never met counts zero. */
export const loadActivity = async (
  window: Window,
  measures: readonly Measure[],
  subject: Subject,
): Promise<Activity> => {
  const { activityCounts } = await query(activityDocument, {
    ...window,
    ...subject,
    actions: [...new Set(measures.map(({ action }) => action))],
  });
  const count = window.points;
  return {
    buckets: { fromMs: Date.parse(activityCounts.from), stepMs: activityCounts.stepSeconds * 1000, count },
    series: measures.map(({ key, action, outcome, label, colour }) => ({
      key,
      label,
      colour,
      counts:
        activityCounts.series.find((one) => one.action === action && one.outcome === outcome)?.counts ??
        Array<number>(count).fill(0),
    })),
  };
};
