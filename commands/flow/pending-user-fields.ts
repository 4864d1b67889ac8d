import { initialsAvatar } from '../../domain/directory/user/initials-avatar.js';
import type { StageRun } from './stage-behaviour.js';

/**
 * How the pending user is shown. Until somebody has proved himself only what was typed is repeated, so that a name that
 * leads to nobody looks just like one that does.
 */
export const pendingUserFields = async (
  run: StageRun,
): Promise<{ pending_user: string; pending_user_avatar: string }> => {
  const { pendingUser, typedIdentifier, showMatchedUser, authMethod } = run.context;
  const proved = authMethod !== null || pendingUser === null;
  const user = proved && showMatchedUser ? await run.user() : null;
  const name = user?.username ?? typedIdentifier ?? '';
  return { pending_user: name, pending_user_avatar: initialsAvatar(user?.name ?? '', name) };
};
