import { completeErasure, type ErasureReport } from '../../../commands/privacy/erasure-report.js';
import { eraseSubjectCommand } from '../../../commands/privacy/erase-subject.js';
import { placeLegalHoldCommand, releaseLegalHoldCommand } from '../../../commands/privacy/legal-hold.js';
import { allows, permission } from '../../../domain/kernel/rights.js';
import { legalBases, requesters } from '../../../domain/privacy/events.js';
import { erasureOf } from '../../../projections/privacy/query.js';
import type { ErasedRow, HoldRow } from '../../../projections/privacy/table.js';
import { type Builder, knownId, shortList } from '../builder.js';
import type { UserTypes } from '../directory/user.js';
import { demands, maySee } from '../guard.js';
import { runCommand } from '../run-command.js';

interface ErasurePayload extends ErasureReport {
  readonly userId: string;
  readonly keyDigest: string | null;
  readonly position: string;
}

const eraseRight = permission('erase_user');
const holdRight = permission('hold_user');

const createTypes = (builder: Builder, { user, load }: UserTypes) => {
  const basis = builder.enumType('LegalBasis', { values: legalBases });
  const requester = builder.enumType('ErasureRequester', { values: requesters });
  const hold = builder.objectRef<HoldRow>('LegalHold').implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      matter: t.exposeString('matter'),
      reason: t.exposeString('reason', { nullable: true }),
      placedAt: t.field({ type: 'DateTime', resolve: (row) => row.placed_at }),
      placedBy: t.field({
        type: user,
        nullable: true,
        description: 'Null for who is gone, and for the operator at the shell.',
        resolve: (row, _args, context) => {
          const id = knownId(row.placed_by);
          return id === null ? null : load(context, id);
        },
      }),
    }),
  });
  return { basis, requester, hold };
};

type Types = ReturnType<typeof createTypes>;

/** Erasure of people, legal holds, and what is known of somebody who was erased. */
export const addPrivacy = (builder: Builder, users: UserTypes): void => {
  const types = createTypes(builder, users);
  const { user } = users;
  builder.objectField(user, 'legalHolds', (t) =>
    t.field({
      type: [types.hold],
      complexity: shortList,
      description: 'What forbids to erase this user.',
      resolve: async (row, _args, context) =>
        maySee(context, 'user') ? [...(await context.loaders.holds.load(row.id))] : [],
    }),
  );
  builder.objectFields(user, (t) => ({
    canErase: t.boolean({
      description: 'Whether the caller may erase this user; a legal hold may forbid it still.',
      resolve: (row, _args, { identity: { rights } }) =>
        allows(rights, eraseRight) && rights.userId !== row.id,
    }),
    canHold: t.boolean({
      description: 'Whether the caller may place and release legal holds on this user.',
      resolve: (_row, _args, { identity: { rights } }) => allows(rights, holdRight),
    }),
  }));
  addErasure(builder, types);
  addErasedQuery(builder, types);
  addHoldMutations(builder);
};

const addErasedQuery = (builder: Builder, { basis, requester }: Types): void => {
  const erasure = builder.objectRef<ErasedRow>('Erasure').implement({
    fields: (t) => ({
      userId: t.id({ resolve: (row) => row.subject }),
      erasedAt: t.field({ type: 'DateTime', resolve: (row) => row.erased_at }),
      requestedBy: t.field({ type: requester, resolve: (row) => row.requested_by as never }),
      legalBasis: t.field({ type: basis, resolve: (row) => row.legal_basis as never }),
      keyDigest: t.exposeString('key_digest', { nullable: true }),
    }),
  });
  builder.queryField('erasure', (t) =>
    t.field({
      type: erasure,
      nullable: true,
      description: 'The erasure of a user; null for one who is not erased.',
      args: { id: t.arg.id({ required: true }) },
      ...demands(permission('view_user')),
      resolve: (_root, args, context) => {
        const id = knownId(args.id);
        return id === null ? null : erasureOf(context.dependencies.db, id);
      },
    }),
  );
};

const addErasure = (builder: Builder, { basis, requester }: Types): void => {
  const payload = builder.objectRef<ErasurePayload>('EraseSubjectPayload').implement({
    fields: (t) => ({
      userId: t.exposeID('userId'),
      keyDigest: t.exposeString('keyDigest', {
        nullable: true,
        description: 'SHA-256 over the keys that were destroyed.',
      }),
      keysDestroyed: t.exposeInt('keysDestroyed'),
      secretsDestroyed: t.exposeInt('secretsDestroyed'),
      backupsExpireAt: t.field({
        type: 'DateTime',
        description: 'Until then a backup of the keys that was made before may still open what is erased.',
        resolve: (row) => row.backupsExpireAt,
      }),
      position: t.exposeString('position'),
    }),
  });
  const input = builder.inputType('EraseSubjectInput', {
    fields: (t) => ({
      userId: t.id({ required: true }),
      legalBasis: t.field({ type: basis, required: true }),
      requestedBy: t.field({ type: requester }),
      reason: t.string({ required: true, description: 'Why. It is on record.' }),
    }),
  });
  builder.mutationField('eraseSubject', (t) =>
    t.field({
      type: payload,
      description:
        'Erases what is personal about a user for good, and deletes him when he is not deleted yet. Needs a fresh login.',
      args: { input: t.arg({ type: input, required: true }) },
      ...demands(eraseRight),
      resolve: async (_root, { input: { userId, legalBasis, requestedBy, reason } }, context) => {
        const { output, position } = await runCommand(
          context,
          eraseSubjectCommand,
          { userId, legalBasis, ...(requestedBy == null ? {} : { requestedBy }) },
          { reason },
        );
        const report = await completeErasure(context.dependencies.ports, output.userId);
        return { ...report, userId: output.userId, keyDigest: output.keyDigest, position };
      },
    }),
  );
};

const addHoldMutations = (builder: Builder): void => {
  const payload = builder
    .objectRef<{ readonly holdId: string; readonly position: string }>('LegalHoldPayload')
    .implement({
      fields: (t) => ({ holdId: t.exposeID('holdId'), position: t.exposeString('position') }),
    });
  const placeInput = builder.inputType('PlaceLegalHoldInput', {
    fields: (t) => ({
      userId: t.id({ required: true }),
      matter: t.string({ required: true, description: 'The case it is for.' }),
      reason: t.string({ required: true }),
    }),
  });
  const releaseInput = builder.inputType('ReleaseLegalHoldInput', {
    fields: (t) => ({
      userId: t.id({ required: true }),
      holdId: t.id({ required: true }),
      reason: t.string({ required: true }),
    }),
  });
  builder.mutationFields((t) => ({
    placeLegalHold: t.field({
      type: payload,
      description: 'Forbids to erase a user until the hold is released. Needs a fresh login.',
      args: { input: t.arg({ type: placeInput, required: true }) },
      ...demands(holdRight),
      resolve: async (_root, { input: { reason, ...input } }, context) => {
        const { output, position } = await runCommand(context, placeLegalHoldCommand, input, { reason });
        return { holdId: output.holdId, position };
      },
    }),
    releaseLegalHold: t.field({
      type: payload,
      description: 'Ends a legal hold. Needs a fresh login.',
      args: { input: t.arg({ type: releaseInput, required: true }) },
      ...demands(holdRight),
      resolve: async (_root, { input: { reason, ...input } }, context) => {
        const { output, position } = await runCommand(context, releaseLegalHoldCommand, input, { reason });
        return { holdId: output.holdId, position };
      },
    }),
  }));
};
