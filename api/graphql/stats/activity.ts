import { auditActions, type Outcome } from '../../../domain/audit/fact.js';
import { DomainError, fieldError } from '../../../domain/kernel/errors.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import { countActivity, type CountQuestion } from '../../../projections/stats/query.js';
import { countedElsewhere, knownId, type Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { demands, maySee } from '../guard.js';

const hourMs = 3_600_000;
const steps = { hour: hourMs, eight_hours: 8 * hourMs, day: 24 * hourMs } as const;
type Step = keyof typeof steps;
const widestMs = 60 * steps.day;
const counted: readonly string[] = [...auditActions, 'user_created'];

interface Series {
  readonly action: string;
  readonly outcome: Outcome;
  readonly counts: readonly number[];
}

interface Activity {
  readonly from: Date;
  readonly to: Date;
  readonly stepSeconds: number;
  readonly series: readonly Series[];
}

interface Args {
  readonly step: Step;
  readonly points: number;
  readonly until?: string | null | undefined;
  readonly actions: readonly string[];
  readonly userId?: string | null | undefined;
  readonly applicationId?: string | null | undefined;
}

/** Whose activity is counted: with `view_event` anybody's, else only what concerns oneself. Throws `FORBIDDEN`. */
const scopeOf = (
  context: GraphqlContext,
  { userId, applicationId }: Args,
): Pick<CountQuestion, 'scope' | 'scopeId'> => {
  if (userId != null && applicationId != null)
    throw fieldError('INVALID_INPUT', 'applicationId', 'Ask for one user or for one application.');
  const self = context.identity.rights.userId ?? '';
  if (!maySee(context, 'event')) {
    if (applicationId != null || (userId != null && userId !== self)) throw new DomainError('FORBIDDEN');
    return { scope: 'user', scopeId: self };
  }
  if (userId != null) return { scope: 'user', scopeId: knownId(userId) ?? '' };
  if (applicationId != null) return { scope: 'application', scopeId: knownId(applicationId) ?? '' };
  return { scope: 'all', scopeId: '' };
};

const windowOf = ({ step, points, until }: Args): Pick<CountQuestion, 'from' | 'stepMs' | 'points'> => {
  const stepMs = steps[step];
  if (points < 1 || points * stepMs > widestMs)
    throw fieldError('INVALID_INPUT', 'points', 'Ask for a window of at most 60 days.');
  const end = Math.floor((until == null ? Date.now() : Date.parse(until) - 1) / stepMs) + 1;
  return { from: new Date((end - points) * stepMs), stepMs, points };
};

const activityOf = async (context: GraphqlContext, args: Args): Promise<Activity> => {
  const unknown = args.actions.find((action) => !counted.includes(action));
  if (unknown !== undefined) throw fieldError('INVALID_INPUT', 'actions', `There is no action ${unknown}.`);
  const window = windowOf(args);
  const buckets = await countActivity(context.dependencies.db, {
    ...scopeOf(context, args),
    ...window,
    actions: args.actions as CountQuestion['actions'],
  });
  const series = new Map<string, { action: string; outcome: Outcome; counts: number[] }>();
  for (const { action, outcome, n, count } of buckets) {
    const key = `${action} ${outcome}`;
    const known = series.get(key) ?? { action, outcome, counts: Array<number>(args.points).fill(0) };
    known.counts[n] = count;
    series.set(key, known);
  }
  return {
    from: window.from,
    to: new Date(window.from.getTime() + window.stepMs * window.points),
    stepSeconds: window.stepMs / 1000,
    series: [...series.values()],
  };
};

/** `activityCounts`: how often actions happened, by buckets that lie on whole hours, thirds of days or days of UTC. */
export const addActivityCounts = (builder: Builder): void => {
  const outcome = builder.enumType('ActivityOutcome', { values: ['success', 'failure'] as const });
  const step = builder.enumType('ActivityStep', { values: Object.keys(steps) as Step[] });
  const series = builder.objectRef<Series>('ActivitySeries').implement({
    fields: (t) => ({
      action: t.exposeString('action'),
      outcome: t.field({ type: outcome, resolve: (row) => row.outcome }),
      counts: t.intList({
        description: 'One count for each bucket, the oldest first.',
        resolve: (row) => [...row.counts],
      }),
      total: t.int({ resolve: (row) => row.counts.reduce((sum, count) => sum + count, 0) }),
    }),
  });
  const activity = builder.objectRef<Activity>('ActivityCounts').implement({
    fields: (t) => ({
      from: t.field({ type: 'DateTime', resolve: (row) => row.from }),
      to: t.field({ type: 'DateTime', resolve: (row) => row.to }),
      stepSeconds: t.exposeInt('stepSeconds'),
      series: t.field({
        type: [series],
        complexity: countedElsewhere,
        description: 'Actions that did not happen in the window are left out.',
        resolve: (row) => [...row.series],
      }),
    }),
  });
  builder.queryField('activityCounts', (t) =>
    t.field({
      type: activity,
      description:
        'How often actions happened. Without the right to see the event log: how often they happened to oneself.',
      args: {
        step: t.arg({ type: step, required: true, defaultValue: 'day' }),
        points: t.arg.int({ required: true, defaultValue: 30 }),
        until: t.arg({ type: 'DateTime', description: 'End of the last bucket; now unless given.' }),
        actions: t.arg.stringList({
          required: true,
          defaultValue: ['login', 'login_failed', 'authorize_application', 'user_created'],
        }),
        userId: t.arg.id(),
        applicationId: t.arg.id(),
      },
      complexity: 20,
      ...demands(authenticated),
      resolve: (_root, args, context) => activityOf(context, args),
    }),
  );
};
