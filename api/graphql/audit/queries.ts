import { authenticated } from '../../../domain/kernel/rights.js';
import { auditEntryById } from '../../../projections/audit/query.js';
import { knownId, type Builder } from '../builder.js';
import { demands, maySee } from '../guard.js';
import type { AuditTypes } from './entry.js';
import { addAuditVolume } from './volume.js';
import { conditionOf } from './filter.js';
import { concerns, followAudit } from './follow.js';
import { listAudit } from './list.js';

export type AuditFilterType = ReturnType<typeof filterType>;

const filterType = (builder: Builder) =>
  builder.inputType('AuditEntryFilter', {
    fields: (t) => ({
      actions: t.stringList(),
      severities: t.stringList(),
      actorId: t.string(),
      targetType: t.string(),
      targetId: t.string(),
      ip: t.string(),
      query: t.string({ description: 'Text of the query language of the event log.' }),
      where: t.field({
        type: 'JSON',
        description:
          'A condition: {all: []}, {any: []}, {not: {}}, {field, is: []}, {field, startsWith}, {field, endsWith}, {field, contains}, {field, matches}, {field, order: "<", value}, {field, exists: true}, {search}.',
      }),
    }),
  });

/** `auditEntries`, `auditEntry`, and the subscription `auditEntryAppended`. */
export const addAuditQueries = (builder: Builder, types: AuditTypes): void => {
  const filter = filterType(builder);
  addAuditVolume(builder, types, filter);
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
      resolve: (_root, args, context) =>
        listAudit(context, conditionOf(args.filter, context.dependencies.ports.clock.now()), args),
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
      subscribe: (_root, args, context) =>
        followAudit(context, conditionOf(args.filter, context.dependencies.ports.clock.now())),
      resolve: (row) => row,
    }),
  );
};
