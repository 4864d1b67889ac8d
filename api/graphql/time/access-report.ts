import { effectiveGroups, groupTree } from '../../../domain/directory/group/effective-groups.js';
import { mayUseApplication } from '../../../domain/application/access.js';
import { accessPaths, type AccessPath } from '../../../domain/application/access-paths.js';
import { application } from '../../../domain/application/model.js';
import { labelOf, type ConfigView } from '../../../domain/kernel/config-view.js';
import { DomainError } from '../../../domain/kernel/errors.js';
import type { Id } from '../../../domain/kernel/ids.js';
import { permission } from '../../../domain/kernel/rights.js';
import { membershipsAt, usersAt } from '../../../projections/history/query.js';
import { countedElsewhere, knownId, shortList, type Builder } from '../builder.js';
import { pageOf, type Page } from '../connection.js';
import type { GraphqlContext } from '../context.js';
import { demands, maySee } from '../guard.js';
import { resolvePoint, untilHistory, type PointInTime, type PointType } from './point-in-time.js';

interface Row {
  readonly userId: string;
  readonly isActive: boolean;
  readonly allowed: boolean;
  readonly paths: readonly (AccessPath & { readonly view: ConfigView })[];
}

interface Args {
  readonly id: string;
  readonly at?: PointInTime | null | undefined;
  readonly allowed?: boolean | null | undefined;
  readonly first: number;
  readonly after?: string | null | undefined;
}

const report = async (context: GraphqlContext, args: Args): Promise<Page<Row>> => {
  if (!maySee(context, 'user')) throw new DomainError('FORBIDDEN');
  const { db } = context.dependencies;
  const position = args.at
    ? await resolvePoint(context, args.at, 'at')
    : context.dependencies.ports.config.position;
  await untilHistory(context);
  const view = await context.loaders.past.at(position);
  const id = knownId(args.id);
  const object = id === null ? undefined : view.get(application, id);
  if (!object) throw new DomainError('NOT_FOUND');
  const direct = new Map<string, string[]>();
  for (const { userId, groupId } of await membershipsAt(db, position))
    direct.set(userId, [...(direct.get(userId) ?? []), groupId]);
  const tree = groupTree(view);
  const rows = (await usersAt(db, position))
    .map(({ id: userId, isActive }): Row => {
      const groups = direct.get(userId) ?? [];
      const subject = { userId: userId as Id<'user'>, groupIds: effectiveGroups(tree, groups) };
      const allowed = isActive && mayUseApplication(view, object, subject).passing;
      const paths = allowed ? accessPaths(view, object.id, userId, groups) : [];
      return { userId, isActive, allowed, paths: paths.map((path) => ({ ...path, view })) };
    })
    .filter(({ allowed }) => args.allowed == null || allowed === args.allowed);
  return pageOf(context, `access ${object.id} ${String(position)}`, rows, args, (row) => [row.userId]);
};

/** `accessReport`: who could use an application at a moment, and why. */
export const addAccessReport = (builder: Builder, point: PointType): void => {
  const path = builder.objectRef<Row['paths'][number]>('AccessPath').implement({
    fields: (t) => ({
      groupIds: t.idList({
        description: "From the user's own group up to the bound one.",
        resolve: (row) => [...row.groups],
      }),
      groups: t.stringList({
        description: 'Names of the groups, as they were then.',
        resolve: (row) =>
          row.groups.map((id) => {
            const found = row.view.byId(id);
            return found ? labelOf(found) : id;
          }),
      }),
      bindingId: t.id({
        nullable: true,
        description: 'Null where nothing guarded the application.',
        resolve: (row) => row.binding,
      }),
    }),
  });
  const verdict = builder.enumType('AccessVerdict', { values: ['ALLOWED', 'DENIED'] as const });
  const row = builder.objectRef<Row>('AccessReportRow').implement({
    fields: (t) => ({
      userId: t.exposeID('userId'),
      label: t.string({
        nullable: true,
        description: 'The newest known name of the user.',
        resolve: ({ userId }, _args, context) => context.loaders.label.load(userId),
      }),
      isActive: t.exposeBoolean('isActive'),
      verdict: t.field({ type: verdict, resolve: ({ allowed }) => (allowed ? 'ALLOWED' : 'DENIED') }),
      paths: t.field({ type: [path], complexity: shortList, resolve: ({ paths }) => [...paths] }),
    }),
  });
  const connection = builder.objectRef<Page<Row>>('AccessReport').implement({
    fields: (t) => ({
      nodes: t.field({ type: [row], complexity: countedElsewhere, resolve: ({ nodes }) => [...nodes] }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
      totalCount: t.exposeInt('totalCount'),
    }),
  });
  builder.queryField('accessReport', (t) =>
    t.field({
      type: connection,
      description:
        'Who could use an application at a moment, decided by the policies of then on the people of then, and by which way.',
      args: {
        id: t.arg.id({ required: true, description: 'Id of the application.' }),
        at: t.arg({ type: point, description: 'Now unless told.' }),
        allowed: t.arg.boolean({ description: 'Only those who could, or only those who could not.' }),
        first: t.arg.int({ defaultValue: 50, required: true }),
        after: t.arg.string(),
      },
      complexity: (args) => ({ field: 50, multiplier: Math.max(1, args.first / 10) }),
      ...demands(permission('view_application')),
      resolve: (_root, args, context) => report(context, args),
    }),
  );
};
