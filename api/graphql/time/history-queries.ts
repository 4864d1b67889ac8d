import { readPastUser } from '../../../commands/history/read-past-user.js';
import { shownValue } from '../../../domain/audit/model-facts.js';
import { jsonChanges, type JsonChange } from '../../../domain/history/json-changes.js';
import { DomainError } from '../../../domain/kernel/errors.js';
import { isOpenTo } from '../../../domain/kernel/personal.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import { models } from '../../../domain/models.generated.js';
import { versionAt } from '../../../projections/history/query.js';
import type { AuditTypes } from '../audit/entry.js';
import { labelFor } from '../audit/labels.js';
import { listAudit } from '../audit/list.js';
import { knownId, shortList, type Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { maySeeUser } from '../directory/user.js';
import { demands, maySeeModel } from '../guard.js';
import { resolvePoint, type PointType } from './point-in-time.js';

interface EntityChange extends JsonChange {
  readonly beforeLabel: string | null;
  readonly afterLabel: string | null;
}

type Document = Readonly<Record<string, unknown>>;

/** What people may compare of a thing as of a position; null when it did not exist. */
const documentAt = async (
  context: GraphqlContext,
  type: string,
  id: string,
  position: bigint,
): Promise<Document | null> => {
  const { db, ports } = context.dependencies;
  if (type === 'user') {
    const past = await readPastUser(ports, id, position);
    if (!past) return null;
    const { username, name, email, type: kind, path, isActive, attributes } = past.state;
    return { username, name, email, type: kind, path, isActive, attributes };
  }
  const row = await versionAt(db, type, id, position);
  const model = row && models.find(({ name }) => name === row.model);
  if (!row || !model) return null;
  if (!maySeeModel(context, model) || !isOpenTo(model, row.data, context.identity.rights.userId))
    throw new DomainError('FORBIDDEN');
  return Object.fromEntries(
    Object.entries(row.data)
      .filter(([field]) => !model.specs[field]?.internal)
      // Two secrets look alike to whoever may not see them; that one has replaced another shows in its version.
      .map(([field, value]) => [field, masked(value)]),
  );
};

const masked = (value: unknown): unknown => {
  const shown = shownValue(value);
  return shown !== value && typeof shown === 'string'
    ? `${shown} (${String((value as { version: number }).version)})`
    : value;
};

const requireSight = (context: GraphqlContext, type: string, id: string): void => {
  const seen =
    type === 'user'
      ? maySeeUser(context, id)
      : models.some((model) => model.category === type && maySeeModel(context, model));
  if (!seen) throw new DomainError('FORBIDDEN');
};

/** `entityHistory`, also of what is gone, and `entityDiff` between two moments. */
export const addHistoryQueries = (builder: Builder, audit: AuditTypes, point: PointType): void => {
  const change = builder.objectRef<EntityChange>('EntityChange').implement({
    fields: (t) => ({
      path: t.exposeString('path', { description: 'JSON Pointer (RFC 6901) into the fields.' }),
      before: t.field({ type: 'JSON', nullable: true, resolve: (row) => row.before ?? null }),
      after: t.field({ type: 'JSON', nullable: true, resolve: (row) => row.after ?? null }),
      beforeLabel: t.exposeString('beforeLabel', {
        nullable: true,
        description: 'The value for people, as named then, where it refers to objects.',
      }),
      afterLabel: t.exposeString('afterLabel', { nullable: true }),
    }),
  });
  builder.queryField('entityHistory', (t) =>
    t.field({
      type: audit.connection,
      description:
        'What happened to an object, newest first, also when it is gone: who, when, why, and what changed.',
      args: {
        type: t.arg.string({ required: true }),
        id: t.arg.id({ required: true }),
        first: t.arg.int({ defaultValue: 20, required: true }),
        after: t.arg.string(),
      },
      complexity: (args) => ({ field: 1, multiplier: args.first }),
      ...demands(authenticated),
      resolve: (_root, args, context) =>
        listAudit(
          context,
          {
            all: [
              { field: 'target.type', is: [args.type] },
              { field: 'target.id', is: [args.id] },
            ],
          },
          args,
        ),
    }),
  );
  builder.queryField('entityDiff', (t) =>
    t.field({
      type: [change],
      description: 'What differs in an object between two moments. What did not exist is an empty object.',
      args: {
        type: t.arg.string({ required: true }),
        id: t.arg.id({ required: true }),
        from: t.arg({ type: point, required: true }),
        to: t.arg({ type: point, required: true }),
      },
      complexity: { ...shortList, field: 40 },
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        const id = knownId(args.id);
        requireSight(context, args.type, args.id);
        if (id === null) throw new DomainError('NOT_FOUND');
        const from = await resolvePoint(context, args.from, 'from');
        const to = await resolvePoint(context, args.to, 'to');
        const before = await documentAt(context, args.type, id, from);
        const after = await documentAt(context, args.type, id, to);
        return Promise.all(
          jsonChanges(before ?? {}, after ?? {}).map(async (row) => ({
            ...row,
            beforeLabel: await labelFor(context, row.before, from),
            afterLabel: await labelFor(context, row.after, to),
          })),
        );
      },
    }),
  );
};
