import { application } from '../../../domain/application/model.js';
import { DomainError, fieldError } from '../../../domain/kernel/errors.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import { mostUsedApplications, lastUseOf, type UsedApplication } from '../../../projections/stats/query.js';
import { countedElsewhere, knownId, type Builder } from '../builder.js';
import { pageSize } from '../connection.js';
import type { GraphqlContext } from '../context.js';
import { demands, maySee } from '../guard.js';

const dayMs = 86_400_000;
const mostDays = 60;

const applicationOf = ({ dependencies }: GraphqlContext, id: string) =>
  dependencies.ports.config.get(application, id);

/** The user whose uses are counted; null for everybody's, which takes `view_event`. Throws `FORBIDDEN`. */
const userCounted = (context: GraphqlContext, userId: string | null | undefined): string | null => {
  const self = context.identity.rights.userId;
  if (maySee(context, 'event')) return userId == null ? null : (knownId(userId) ?? self);
  if (userId != null && userId !== self) throw new DomainError('FORBIDDEN');
  return self;
};

/** `applicationUsage` and `applicationLastUsed`: which applications people are let into, how often, and when last. */
export const addApplicationUsage = (builder: Builder): void => {
  const usage = builder.objectRef<UsedApplication>('ApplicationUsage').implement({
    fields: (t) => ({
      applicationId: t.exposeID('application_id'),
      name: t.string({
        nullable: true,
        description: 'Null when the application is gone.',
        resolve: (row, _args, context) => applicationOf(context, row.application_id)?.values.name ?? null,
      }),
      icon: t.string({
        resolve: (row, _args, context) => applicationOf(context, row.application_id)?.values.icon ?? '',
      }),
      count: t.exposeInt('count'),
      lastUsedAt: t.field({ type: 'DateTime', nullable: true, resolve: (row) => row.last_used_at }),
    }),
  });
  builder.queryField('applicationUsage', (t) =>
    t.field({
      type: [usage],
      description: 'Applications that people were let into most often, today and on the days before.',
      args: {
        days: t.arg.int({ required: true, defaultValue: 7 }),
        first: t.arg.int({ required: true, defaultValue: 11 }),
        userId: t.arg.id({ description: 'Count only the uses of one user.' }),
      },
      complexity: (args) => ({ ...countedElsewhere, field: 20 + args.first }),
      ...demands(authenticated),
      resolve: async (_root, { days, first, userId }, context) => {
        if (days < 1 || days > mostDays) throw fieldError('INVALID_INPUT', 'days', 'Ask for 1 to 60 days.');
        const since = new Date((Math.floor(Date.now() / dayMs) - days + 1) * dayMs);
        return [
          ...(await mostUsedApplications(
            context.dependencies.db,
            since,
            userCounted(context, userId),
            pageSize(first),
          )),
        ];
      },
    }),
  );
  builder.queryField('applicationLastUsed', (t) =>
    t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When somebody was last let into an application.',
      args: { id: t.arg.id({ required: true }), userId: t.arg.id() },
      complexity: 10,
      ...demands(authenticated),
      resolve: (_root, { id, userId }, context) => {
        const known = knownId(id);
        return known === null
          ? null
          : lastUseOf(context.dependencies.db, known, userCounted(context, userId));
      },
    }),
  );
};
