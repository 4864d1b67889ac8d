import { conditionSchema, fieldsOf, type Condition } from '../../../domain/kernel/condition.js';
import { fieldError } from '../../../domain/kernel/errors.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import { parse } from '../../../domain/kernel/validation.js';
import { auditEntryById, auditFields } from '../../../projections/audit/query.js';
import { knownId, type Builder } from '../builder.js';
import { demands, maySee } from '../guard.js';
import type { AuditTypes } from './entry.js';
import { concerns, followAudit } from './follow.js';
import { listAudit } from './list.js';

interface FilterInput {
  readonly actions?: readonly string[] | null | undefined;
  readonly severities?: readonly string[] | null | undefined;
  readonly actorId?: string | null | undefined;
  readonly targetType?: string | null | undefined;
  readonly targetId?: string | null | undefined;
  readonly ip?: string | null | undefined;
  readonly where?: unknown;
}

const equal = (field: string, value: string | null | undefined): Condition[] =>
  value == null || value === '' ? [] : [{ field, is: [value] }];
const oneOf = (field: string, values: readonly string[] | null | undefined): Condition[] =>
  values == null || values.length === 0 ? [] : [{ field, is: values }];

/** The filter as a condition. Throws `INVALID_INPUT` on a malformed `where` and on unknown fields in it. */
const conditionOf = (filter: FilterInput | null | undefined): Condition => {
  if (!filter) return { all: [] };
  const where = filter.where == null ? null : parse(conditionSchema, filter.where, 'filter.where');
  const unknown = where === null ? undefined : fieldsOf(where).find((field) => !(field in auditFields));
  if (unknown !== undefined)
    throw fieldError('INVALID_INPUT', 'filter.where', `There is no field ${unknown}.`);
  return {
    all: [
      ...oneOf('action', filter.actions),
      ...oneOf('severity', filter.severities),
      ...equal('actor.id', filter.actorId),
      ...equal('target.type', filter.targetType),
      ...equal('target.id', filter.targetId),
      ...equal('client.ip', filter.ip),
      ...(where ? [where] : []),
    ],
  };
};

/** `auditEntries`, `auditEntry`, and the subscription `auditEntryAppended`. */
export const addAuditQueries = (builder: Builder, types: AuditTypes): void => {
  const filter = builder.inputType('AuditEntryFilter', {
    fields: (t) => ({
      actions: t.stringList(),
      severities: t.stringList(),
      actorId: t.string(),
      targetType: t.string(),
      targetId: t.string(),
      ip: t.string(),
      where: t.field({
        type: 'JSON',
        description:
          'A condition: {all: []}, {any: []}, {not: {}}, {field, is: []}, {field, startsWith}, {field, contains}.',
      }),
    }),
  });
  builder.queryField('auditEntries', (t) =>
    t.field({
      type: types.connection,
      args: {
        first: t.arg.int({ defaultValue: 20, required: true }),
        after: t.arg.string(),
        from: t.arg({ type: 'DateTime' }),
        to: t.arg({ type: 'DateTime' }),
        filter: t.arg({ type: filter }),
      },
      complexity: (args) => ({ field: 1, multiplier: Math.max(1, args.first / 10) }),
      ...demands(authenticated),
      resolve: (_root, args, context) => listAudit(context, conditionOf(args.filter), args),
    }),
  );
  builder.queryField('auditEntry', (t) =>
    t.field({
      type: types.entry,
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        const id = knownId(args.id);
        const row = id === null ? null : await auditEntryById(context.dependencies.db, id);
        return row !== null && (maySee(context, 'event') || concerns(row, context.identity.rights.userId))
          ? row
          : null;
      },
    }),
  );
  builder.subscriptionField('auditEntryAppended', (t) =>
    t.field({
      type: types.entry,
      args: { filter: t.arg({ type: filter }) },
      ...demands(authenticated),
      subscribe: (_root, args, context) => followAudit(context, conditionOf(args.filter)),
      resolve: (row) => row,
    }),
  );
};
