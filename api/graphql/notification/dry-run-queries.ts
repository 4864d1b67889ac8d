import { DomainError, fieldError } from '../../../domain/kernel/errors.js';
import { permission } from '../../../domain/kernel/rights.js';
import { parse } from '../../../domain/kernel/validation.js';
import { ruleDraftSchema, type RuleDraft } from '../../../domain/notification/rule/draft.js';
import { notificationRule } from '../../../domain/notification/rule/model.js';
import { countAuditEntries, listAuditEntries } from '../../../projections/audit/query.js';
import type { AuditRow } from '../../../projections/audit/table.js';
import type { AuditTypes } from '../audit/entry.js';
import { shortList, type Builder } from '../builder.js';
import { countCap } from '../connection.js';
import type { GraphqlContext } from '../context.js';
import { demands } from '../guard.js';
import { dryRun, type DryRun, type DryRunWindow } from './dry-run.js';

const longestMs = 92 * 24 * 60 * 60 * 1000;
const maxSamples = 50;

interface DraftInput {
  readonly id?: string | null | undefined;
  readonly when?: unknown;
  readonly trigger?: string | null | undefined;
  readonly threshold?: number | null | undefined;
  readonly window?: string | null | undefined;
  readonly groupBy?: readonly string[] | null | undefined;
  readonly suppressFor?: string | null | undefined;
  readonly digestEvery?: string | null | undefined;
}

const draftOf = (input: DraftInput, path: string): RuleDraft =>
  parse(
    ruleDraftSchema,
    {
      when: input.when,
      trigger: input.trigger ?? 'entry',
      threshold: input.threshold ?? 5,
      window: input.window ?? 'minutes=10',
      groupBy: input.groupBy ?? [],
      suppressFor: input.suppressFor ?? null,
      digestEvery: input.digestEvery ?? null,
    },
    path,
  );

/** Throws `INVALID_INPUT` for a window that ends before it begins or is longer than 92 days. */
const windowOf = (args: { readonly from: string; readonly to: string }): DryRunWindow => {
  const window = { from: new Date(args.from), to: new Date(args.to) };
  const ms = window.to.getTime() - window.from.getTime();
  if (ms <= 0 || ms > longestMs)
    throw fieldError('INVALID_INPUT', 'to', 'Write an end after the beginning, 92 days later at most.');
  return window;
};

const run = (context: GraphqlContext, input: DraftInput, path: string, window: DryRunWindow) => {
  const { ports, db } = context.dependencies;
  const stored = input.id == null ? null : (ports.config.get(notificationRule, input.id) ?? null);
  if (input.id != null && !stored) throw new DomainError('NOT_FOUND');
  return dryRun(ports, db, draftOf(input, path), stored, window);
};

interface Difference {
  readonly count: number;
  readonly samples: readonly AuditRow[];
}

/** Entries that one rule meets and the other does not. */
const metOnlyBy = async (
  context: GraphqlContext,
  rule: RuleDraft,
  other: RuleDraft,
  { from, to }: DryRunWindow,
): Promise<Difference> => {
  const { db } = context.dependencies;
  const options = {
    condition: { all: [rule.when, { not: other.when }] },
    from: from.toISOString(),
    to: to.toISOString(),
    after: null,
    limit: maxSamples,
  };
  return {
    count: await countAuditEntries(db, options, countCap),
    samples: await listAuditEntries(db, options),
  };
};

/** `testNotificationRule` and `compareNotificationRules`. */
export const addDryRuns = (builder: Builder, audit: AuditTypes): void => {
  const draft = builder.inputType('NotificationRuleDraft', {
    fields: (t) => ({
      id: t.id({
        description: 'The stored rule it is a version of: without changes the run says what was sent.',
      }),
      when: t.field({ type: 'JSON', required: true }),
      trigger: t.string(),
      threshold: t.int(),
      window: t.string(),
      groupBy: t.stringList(),
      suppressFor: t.string(),
      digestEvery: t.string(),
    }),
  });
  const day = builder.objectRef<DryRun['perDay'][number]>('DryRunDay').implement({
    fields: (t) => ({
      day: t.exposeString('day'),
      matches: t.exposeInt('matches'),
      notifications: t.exposeInt('notifications'),
    }),
  });
  const result = builder.objectRef<DryRun>('NotificationRuleTest').implement({
    fields: (t) => ({
      matches: t.exposeInt('matches'),
      notificationsAfterSuppression: t.int({ resolve: ({ notices }) => notices.length }),
      perDay: t.field({ type: [day], complexity: shortList, resolve: ({ perDay }) => [...perDay] }),
      samples: t.field({
        type: [audit.entry],
        complexity: shortList,
        resolve: ({ samples }) => [...samples],
      }),
      complete: t.exposeBoolean('complete', {
        description: 'False when more entries met it than a run looks at.',
      }),
    }),
  });
  const difference = builder.objectRef<Difference>('NotificationRuleDifference').implement({
    fields: (t) => ({
      count: t.exposeInt('count', { description: 'Counting stops at 10,001.' }),
      samples: t.field({
        type: [audit.entry],
        complexity: shortList,
        resolve: ({ samples }) => [...samples],
      }),
    }),
  });
  const comparison = builder
    .objectRef<{ before: DryRun; after: DryRun; gained: Difference; lost: Difference }>(
      'NotificationRuleComparison',
    )
    .implement({
      fields: (t) => ({
        before: t.field({ type: result, resolve: ({ before }) => before }),
        after: t.field({ type: result, resolve: ({ after }) => after }),
        gained: t.field({ type: difference, resolve: ({ gained }) => gained }),
        lost: t.field({ type: difference, resolve: ({ lost }) => lost }),
      }),
    });
  builder.queryField('testNotificationRule', (t) =>
    t.field({
      type: result,
      description: 'What a rule would have said of what has happened. Sends nothing.',
      args: {
        rule: t.arg({ type: draft, required: true }),
        from: t.arg({ type: 'DateTime', required: true }),
        to: t.arg({ type: 'DateTime', required: true }),
      },
      complexity: 50,
      ...demands(permission('view_event')),
      resolve: (_root, args, context) => run(context, args.rule, 'rule', windowOf(args)),
    }),
  );
  builder.queryField('compareNotificationRules', (t) =>
    t.field({
      type: comparison,
      description:
        'What changes when a rule becomes another: which entries it meets then, and which no more.',
      args: {
        old: t.arg({ type: draft, required: true }),
        new: t.arg({ type: draft, required: true }),
        from: t.arg({ type: 'DateTime', required: true }),
        to: t.arg({ type: 'DateTime', required: true }),
      },
      complexity: 100,
      ...demands(permission('view_event')),
      resolve: async (_root, args, context) => {
        const window = windowOf(args);
        const [old, next] = [draftOf(args.old, 'old'), draftOf(args.new, 'new')];
        return {
          before: await run(context, args.old, 'old', window),
          after: await run(context, args.new, 'new', window),
          gained: await metOnlyBy(context, next, old, window),
          lost: await metOnlyBy(context, old, next, window),
        };
      },
    }),
  );
};
