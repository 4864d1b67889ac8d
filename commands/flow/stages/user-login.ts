import { z } from 'zod';
import { durationMs } from '../../../domain/kernel/duration.js';
import { endSession, session } from '../../../domain/access/session/session.js';
import { userLoginStage } from '../../../domain/stage/user-login/model.js';
import { stageSessionEnds } from '../../access/end-sessions.js';
import { stageSession } from '../../access/start-session.js';
import {
  ask,
  defineStage,
  readResponse,
  refused,
  solved,
  type StageResult,
  type StageRun,
} from '../stage-behaviour.js';
import { pendingUserFields } from '../pending-user-fields.js';
import type { StateOf } from '../../../domain/kernel/model.js';

type Run = StageRun<StateOf<(typeof userLoginStage)['fields']>>;

const responseSchema = z.object({ remember_me: z.boolean() });

const signIn = async (run: Run, extraMs: number): Promise<StageResult> => {
  const { unit, stage, context } = run;
  const user = context.pendingUser?.known ? await run.user() : null;
  if (!user) return refused('No pending user to sign in.');
  if (!user.isActive || context.authMethod === null) {
    unit.record({
      type: 'activity.request.refused',
      data: {
        code: user.isActive ? 'login_without_proof' : 'inactive_user_login',
        subject: user.id,
        userId: user.id,
        detail: { stage: stage.values.name },
      },
    });
    return refused('You cannot sign in.');
  }
  unit.actAs({ type: 'user', id: user.id, label: user.username });
  const earlier = run.visitor.session;
  if (stage.values.terminateOtherSessions) await stageSessionEnds(unit, user.id, 'replaced');
  // One browser holds one session: the new login takes the place of the one before.
  if (earlier && !(stage.values.terminateOtherSessions && earlier.ownerId === user.id))
    unit.append('session', earlier.id, endSession(await unit.load(session, earlier.id), 'replaced'));
  const started = stageSession(unit, {
    userId: user.id,
    authMethod: context.authMethod,
    authMethodArgs: context.authMethodArgs,
    amr: context.amr,
    durationMs: durationMs(stage.values.sessionDuration) + extraMs,
  });
  return solved({}, { session: started });
};

/** Starts the session: only for an active user who has proved himself earlier in this run. */
export const userLogin = defineStage(userLoginStage, {
  enter: async (run) => {
    if (durationMs(run.stage.values.rememberMeOffset) === 0) return signIn(run, 0);
    return ask({ component: 'ak-stage-user-login', ...(await pendingUserFields(run)) });
  },
  answer: async (run, response) => {
    const read = readResponse(responseSchema, response);
    if ('result' in read) return read.result;
    return signIn(run, read.value.remember_me ? durationMs(run.stage.values.rememberMeOffset) : 0);
  },
});
