import { z } from 'zod';
import { passwordStage } from '../../../domain/stage/password/model.js';
import { ask, defineStage, readResponse, refused, retry, solved } from '../stage-behaviour.js';
import { pendingUserFields } from '../pending-user-fields.js';
import { verifyPassword } from '../verify-password.js';

const responseSchema = z.object({ password: z.string().min(1, 'This field is required.').max(1024) });

/** Prove it: the password of the pending user. Wrong, unknown and inactive look the same. */
export const password = defineStage(passwordStage, {
  enter: async (run) => {
    if (run.context.pendingUser === null) return refused('No pending user.');
    return ask({
      component: 'ak-stage-password',
      ...(await pendingUserFields(run)),
      recovery_url: null,
      allow_show_password: run.stage.values.allowShowPassword,
    });
  },
  answer: async (run, response) => {
    const pending = run.context.pendingUser;
    if (pending === null) return refused('No pending user.');
    const read = readResponse(responseSchema, response);
    if ('result' in read) return read.result;
    const user = pending.known ? await run.user() : null;
    const typed = pending.known ? (user?.username ?? '') : pending.identifier;
    if (await verifyPassword(run, user, typed, read.value.password))
      return solved({ passwordVerified: true, authMethod: 'password', amr: ['pwd'] });
    if (run.execution.failures + 1 >= run.stage.values.failedAttemptsBeforeCancel)
      return refused('Too many wrong passwords.');
    return retry('password', 'Invalid password');
  },
});
