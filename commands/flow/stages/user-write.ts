import { userTypes, type UserType } from '../../../domain/directory/user/events.js';
import type { UserPatch } from '../../../domain/directory/user/update-user.js';
import { grantMembership, membership } from '../../../domain/directory/membership/membership.js';
import { brand } from '../../../domain/brand/model.js';
import { DomainError } from '../../../domain/kernel/errors.js';
import type { Json, JsonObject } from '../../../domain/kernel/field.js';
import type { Id } from '../../../domain/kernel/ids.js';
import { claimChanges, claimsOf } from '../../../domain/kernel/claims.js';
import { changeModel, modelState } from '../../../domain/kernel/model-decisions.js';
import type { ModelEvent } from '../../../domain/kernel/model-events.js';
import type { Model, StateOf } from '../../../domain/kernel/model.js';
import { completeSetup, settings, settingsStream } from '../../../domain/settings/settings.js';
import { userWriteStage } from '../../../domain/stage/user-write/model.js';
import { parse } from '../../../domain/kernel/validation.js';
import { stageGrantEnds } from '../../access/end-grants.js';
import { stageSessionEnds } from '../../access/end-sessions.js';
import { membershipId } from '../../directory/grant-membership.js';
import { stageNewUser, stagePassword, stageUserChange } from '../../directory/stage-user.js';
import { profileSchemas } from '../../directory/user-input.js';
import { defineStage, refused, solved, type StageResult, type StageRun } from '../stage-behaviour.js';

type Run = StageRun<StateOf<(typeof userWriteStage)['fields']>>;

/** Profile fields that collected data may set; everything else is dropped. */
const writable = ['username', 'name', 'email'] as const;

const attributesIn = (data: Readonly<Record<string, Json>>, base: JsonObject): JsonObject => {
  const result = structuredClone(base) as Record<string, Json>;
  for (const [key, value] of Object.entries(data)) {
    if (!key.startsWith('attributes.')) continue;
    const path = key.split('.').slice(1);
    let target = result;
    for (const segment of path.slice(0, -1)) {
      const inner = Object.hasOwn(target, segment) ? target[segment] : undefined;
      const next =
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? { ...(inner as Record<string, Json>) }
          : {};
      Object.defineProperty(target, segment, {
        value: next,
        enumerable: true,
        writable: true,
        configurable: true,
      });
      target = next;
    }
    const last = path.at(-1);
    if (last !== undefined)
      Object.defineProperty(target, last, { value, enumerable: true, writable: true, configurable: true });
  }
  return result;
};

const profileIn = (data: Readonly<Record<string, Json>>): Pick<UserPatch, 'username' | 'name' | 'email'> => {
  const profile: Record<string, string> = {};
  for (const field of writable)
    if (typeof data[field] === 'string') profile[field] = parse(profileSchemas[field], data[field], field);
  return profile;
};

const createIn = async (run: Run): Promise<Id<'user'>> => {
  const { values } = run.stage;
  const data = run.context.promptData;
  const profile = profileIn(data);
  if (profile.username === undefined || profile.username.trim() === '')
    throw new DomainError('INVALID_INPUT', { message: 'A user name is needed.' });
  const type = (userTypes as readonly string[]).includes(values.userType)
    ? (values.userType as UserType)
    : 'external';
  const { userId } = await stageNewUser(run.unit, {
    username: profile.username,
    name: profile.name ?? '',
    email: profile.email ?? '',
    type,
    path: values.userPath,
    isActive: !values.createUsersAsInactive,
    attributes: attributesIn(data, {}),
  });
  const groupId = values.createUsersGroup;
  if (groupId !== null) {
    const edgeId = membershipId(run.unit.ports.ids, groupId, userId);
    run.unit.append(
      'membership',
      edgeId,
      grantMembership(await run.unit.load(membership, edgeId), { groupId, userId }),
    );
  }
  return userId;
};

/** The first administrator has set the password: set-up is over for ever, and its host becomes the default brand's domain. */
const completeInitialSetup = async (run: Run): Promise<void> => {
  const { unit, visitor } = run;
  unit.append(
    'settings',
    'main',
    completeSetup(await unit.load(settings, settingsStream.slice('settings-'.length))),
  );
  const object = unit.ports.config.all(brand).find((candidate) => candidate.values.isDefault);
  if (!object || visitor.isLocal) return;
  const model = brand as unknown as Model;
  const state = modelState(model, (await unit.events(`brand-${object.id}`)) as unknown as ModelEvent[]);
  if (state.status !== 'present') return;
  const patch = { domain: visitor.host };
  unit.append('brand', object.id, changeModel(model, state, patch));
  unit.claim(
    'brand',
    object.id,
    claimChanges(claimsOf(model, state.values), claimsOf(model, { ...state.values, ...patch })),
  );
};

const write = async (run: Run): Promise<StageResult> => {
  const { unit, context, stage } = run;
  if (Object.keys(context.promptData).length === 0) return refused('There is nothing to write.');
  if (run.visitor.session?.impersonatorId != null)
    return refused('An account cannot be changed while impersonating.');
  const target = stage.values.userCreationMode === 'always_create' ? null : await run.user();
  if (!target && stage.values.userCreationMode === 'never_create')
    return refused('No user was found, and none may be created.');
  const profile = profileIn(context.promptData);
  let owner: { id: Id<'user'>; username: string; email: string };
  if (target) {
    const attributes = attributesIn(context.promptData, target.attributes as JsonObject);
    await stageUserChange(unit, target.id, { ...profile, attributes });
    owner = {
      id: target.id,
      username: profile.username ?? target.username,
      email: profile.email ?? target.email,
    };
  } else {
    const id = await createIn(run);
    owner = { id, username: profile.username ?? '', email: profile.email ?? '' };
  }
  const { password } = context.promptData;
  if (typeof password === 'string' && password !== '') {
    await stagePassword(unit, owner, password, 'password');
    if (target) {
      await stageSessionEnds(unit, owner.id, 'password_changed', run.visitor.session?.id ?? null);
      await stageGrantEnds(unit, owner.id, 'password_changed');
    }
  }
  if (context.initialSetup) {
    unit.actAs({ type: 'user', id: owner.id, label: owner.username });
    await completeInitialSetup(run);
  }
  const proved: Partial<typeof context> =
    context.authMethod === null && (context.initialSetup || !target)
      ? { authMethod: 'password', amr: ['pwd'] }
      : {};
  return solved({ pendingUser: { known: true, id: owner.id }, promptData: {}, ...proved });
};

/** Writes what was collected to the pending user, or to a new one. */
export const userWrite = defineStage(userWriteStage, { enter: write });
