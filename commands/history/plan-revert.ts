import { DomainError } from '../../domain/kernel/errors.js';
import type { AuditChange } from '../../domain/audit/fact.js';
import { shownValue } from '../../domain/audit/model-facts.js';
import type { MembershipEvent } from '../../domain/directory/membership/events.js';
import { membership } from '../../domain/directory/membership/membership.js';
import type { UserEvent } from '../../domain/directory/user/events.js';
import { existing, user } from '../../domain/directory/user/user.js';
import { inverseOfChange, inverseOfUserChange } from '../../domain/history/inverse.js';
import { fold, type RecordedEvent } from '../../domain/kernel/event.js';
import { fieldsSetSince, modelState } from '../../domain/kernel/model-decisions.js';
import type { ModelEvent, Values } from '../../domain/kernel/model-events.js';
import type { Command } from '../command.js';
import { deleteUserCommand } from '../directory/delete-user.js';
import { grantMembershipCommand, revokeMembershipCommand } from '../directory/grant-membership.js';
import { updateUserCommand } from '../directory/update-user.js';
import { changeModelCommand } from '../model/change-model.js';
import { deleteModelCommand } from '../model/delete-model.js';
import { requireOpen } from '../model/require-open.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { isModelCategory, modelOf } from './model-of.js';
import { requirePermission, restoreObjectCommand } from './restore-object.js';
import { loadDeletedModel } from './stage-model-restore.js';
import { loadDeletedUser } from './stage-user-restore.js';

/** How an event would be taken back: by which command, and what that would change. */
export interface RevertPlan {
  readonly target: { readonly category: string; readonly id: string };
  readonly way: 'change' | 'delete' | 'restore';
  readonly changes: readonly AuditChange[];
  /** Fields that do not hold any more what the event has set; a revert is refused while there are any. */
  readonly changedSince: readonly string[];
  /** Fields that stay as they are: secrets are never restored. */
  readonly kept: readonly string[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- commands of many inputs, paired with the input that fits
  readonly command: Command<any, unknown>;
  readonly input: unknown;
}

const changesOf = (before: Values, after: Values): AuditChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].map((field) => ({
    field,
    before: shownValue(before[field]),
    after: shownValue(after[field]),
  }));

const profileOf = (state: object): Values =>
  Object.fromEntries(
    ['username', 'name', 'email', 'type', 'path', 'isActive', 'attributes'].map((field) => [
      field,
      (state as Values)[field],
    ]),
  );

/** One event of a stream, what the same command did there besides, and what came later. */
interface Place {
  readonly target: RevertPlan['target'];
  readonly event: RecordedEvent;
  readonly together: readonly RecordedEvent[];
  readonly all: readonly RecordedEvent[];
  readonly later: readonly RecordedEvent[];
}

const locate = async (unit: UnitOfWork, eventId: string): Promise<Place> => {
  const target = await unit.ports.history.placeOf(eventId);
  if (!target) throw new DomainError('NOT_FOUND');
  const all = await unit.events(`${target.category}-${target.id}`);
  const event = all.find(({ id }) => id === eventId);
  if (!event) throw new DomainError('NOT_FOUND');
  const together = all.filter(({ meta }) => meta.commandId === event.meta.commandId);
  const last = together.at(-1)!;
  return { target, event, together, all, later: all.filter(({ revision }) => revision > last.revision) };
};

const planModel = async (
  unit: UnitOfWork,
  { target, event, all, later }: Place,
): Promise<RevertPlan | null> => {
  const { category, id } = target;
  const { kind = null } = event.data as { kind?: string };
  const model = modelOf(category, kind);
  if (!model) return null;
  const visible = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).filter(([field]) => !model.specs[field]?.internal));
  const state = modelState(model, all as unknown as ModelEvent[]);
  const now = state.status === 'present' ? state.values : null;
  if (now) requireOpen(unit, model, now);
  switch (event.type.slice(category.length)) {
    case '.created':
      if (!now) throw new DomainError('NOT_FOUND');
      return {
        target,
        way: 'delete',
        changes: changesOf(visible(now), {}),
        changedSince: fieldsSetSince(model, later as unknown as ModelEvent[]),
        kept: [],
        command: deleteModelCommand(model),
        input: { id },
      };
    case '.changed': {
      if (!now) throw new DomainError('NOT_FOUND');
      const { patch, changedSince, kept } = inverseOfChange(
        model,
        event.data as { set: Values; was: Values },
        now,
      );
      if (Object.keys(patch).length === 0) return null;
      const held = Object.fromEntries(Object.keys(patch).map((field) => [field, now[field]]));
      return {
        target,
        way: 'change',
        changes: changesOf(held, patch),
        changedSince,
        kept,
        command: changeModelCommand(model),
        input: { id, values: patch },
      };
    }
    case '.deleted': {
      requirePermission(unit, `add_${model.permissionName}`);
      const { values } = await loadDeletedModel(unit, category, id);
      requireOpen(unit, model, values);
      return {
        target,
        way: 'restore',
        changes: changesOf({}, visible(values)),
        changedSince: [],
        kept: Object.keys(model.specs).filter(
          (field) => model.specs[field]?.kind === 'secret' && values[field] !== null,
        ),
        command: restoreObjectCommand,
        input: { category, id },
      };
    }
    default:
      return null;
  }
};

const planUser = async (
  unit: UnitOfWork,
  { target, event, together, all, later }: Place,
): Promise<RevertPlan | null> => {
  const { id } = target;
  const types = new Set(together.map(({ type }) => type));
  if (event.type === 'user.deleted') {
    requirePermission(unit, 'add_user');
    const { before } = await loadDeletedUser(unit, id);
    return {
      target,
      way: 'restore',
      changes: changesOf({}, profileOf(before)),
      changedSince: [],
      kept: before.credential === null ? [] : ['password'],
      command: restoreObjectCommand,
      input: { category: 'user', id },
    };
  }
  const now = existing(fold(user, all as unknown as UserEvent[]));
  if (types.has('user.created'))
    return {
      target,
      way: 'delete',
      changes: changesOf(profileOf(now), {}),
      changedSince: Object.keys(inverseOfUserChange(later as unknown as UserEvent[], now).patch),
      kept: [],
      command: deleteUserCommand,
      input: { userId: id },
    };
  const { patch, changedSince, kept } = inverseOfUserChange(together as unknown as UserEvent[], now);
  const fields = Object.keys(patch);
  if (fields.length === 0) return null;
  const held = Object.fromEntries(fields.map((field) => [field, (now as unknown as Values)[field]]));
  return {
    target,
    way: 'change',
    changes: changesOf(held, patch as Values),
    changedSince,
    kept,
    command: updateUserCommand,
    input: { userId: id, ...patch },
  };
};

const planMembership = ({ event, all }: Place): RevertPlan => {
  const { groupId, userId } = event.data as { groupId: string; userId: string };
  const granted = event.type === 'membership.granted';
  const { isMember } = fold(membership, all as unknown as MembershipEvent[]);
  return {
    target: { category: 'group', id: groupId },
    way: 'change',
    changes: [{ field: 'users', before: granted ? userId : null, after: granted ? null : userId }],
    changedSince: isMember === granted ? [] : ['users'],
    kept: [],
    command: granted ? revokeMembershipCommand : grantMembershipCommand,
    input: { groupId, userId },
  };
};

/**
 * Finds out how to take an event back, together with what the same command did to the same object. Throws `NOT_FOUND`,
 * `NOT_REVERTIBLE` for what has no inverse, `ALREADY_EXISTS` and `RESTORE_EXPIRED` for deletions.
 */
export const planRevert = async (unit: UnitOfWork, eventId: string): Promise<RevertPlan> => {
  const place = await locate(unit, eventId);
  const { category } = place.target;
  const plan =
    category === 'user'
      ? await planUser(unit, place)
      : category === 'membership'
        ? planMembership(place)
        : isModelCategory(category)
          ? await planModel(unit, place)
          : null;
  if (!plan) throw new DomainError('NOT_REVERTIBLE');
  return plan;
};
