import { z } from 'zod';
import { application } from '../../../domain/application/model.js';
import { consent as consentAggregate, coveredScopes } from '../../../domain/access/consent/consent.js';
import { durationMs } from '../../../domain/kernel/duration.js';
import { consentStage } from '../../../domain/stage/consent/model.js';
import {
  ask,
  defineStage,
  readResponse,
  refused,
  solved,
  type StageResult,
  type StageRun,
  type StageSteps,
} from '../stage-behaviour.js';
import { pendingUserFields } from '../pending-user-fields.js';

const tokenBytes = 24;
const responseSchema = z.object({ token: z.string() });

/** How long a consent lasts: milliseconds, for ever, or for this one time. */
type Life = number | 'for_ever' | 'once';

const impersonating = 'Consent cannot be given while impersonating.';

const askFor = async (run: StageRun, covered: readonly string[]): Promise<StageResult> => {
  if (run.visitor.session?.impersonatorId != null) return refused(impersonating);
  const { applicationId, authorization } = run.context;
  const name =
    applicationId === null ? '' : (run.unit.ports.config.get(application, applicationId)?.values.name ?? '');
  const permissions = authorization?.permissions ?? [];
  const known = permissions.filter((permission) => covered.includes(permission.id));
  const additional = permissions.filter((permission) => !covered.includes(permission.id));
  return ask({
    component: 'ak-stage-consent',
    ...(await pendingUserFields(run)),
    header_text: name === '' ? '' : `You're about to sign into ${name}`,
    permissions: (known.length > 0 ? known : additional).map(({ id, name: text }) => ({ id, name: text })),
    additional_permissions: (known.length > 0 ? additional : []).map(({ id, name: text }) => ({
      id,
      name: text,
    })),
    token: run.unit.ports.ids.randomText(tokenBytes),
  });
};

const coveredBy = async (run: StageRun): Promise<readonly string[]> => {
  const user = await run.user();
  const { applicationId } = run.context;
  if (!user || applicationId === null) return [];
  return coveredScopes(await run.unit.ports.grants.consentOf(user.id, applicationId), run.unit.now);
};

const enter = async (run: StageRun, life: Life): Promise<StageResult> => {
  const { authorization } = run.context;
  if (authorization?.consented) return solved();
  if (life === 'once' || !authorization || authorization.askAgain) return askFor(run, []);
  const covered = await coveredBy(run);
  return authorization.scopes.every((scope) => covered.includes(scope)) ? solved() : askFor(run, covered);
};

const answer = async (
  run: StageRun,
  response: Readonly<Record<string, unknown>>,
  life: Life,
): Promise<StageResult> => {
  if (run.visitor.session?.impersonatorId != null) return refused(impersonating);
  const read = readResponse(responseSchema, response);
  if ('result' in read) return read.result;
  // The token belongs to the page that was shown: an answer to another one is asked again.
  if (read.value.token !== run.execution.pending.challenge['token']) return askFor(run, []);
  const user = await run.user();
  const { applicationId, authorization } = run.context;
  if (user && applicationId !== null && authorization && life !== 'once') {
    const id = run.unit.ports.ids.named('consent', `${user.id}/${applicationId}`);
    const before = await run.unit.load(consentAggregate, id);
    const scopes = [...new Set([...coveredScopes(before, run.unit.now), ...authorization.scopes])];
    const expiresAt = life === 'for_ever' ? null : new Date(run.unit.now.getTime() + life).toISOString();
    run.unit.append('consent', id, [
      {
        type: 'consent.given',
        data: { userId: user.id, applicationId: applicationId, scopes, expiresAt },
      },
    ]);
  }
  return solved(authorization ? { authorization: { ...authorization, consented: true } } : {});
};

const lifeOf = (values: { readonly mode: string; readonly consentExpireIn: string }): Life =>
  values.mode === 'always_require'
    ? 'once'
    : values.mode === 'permanent'
      ? 'for_ever'
      : durationMs(values.consentExpireIn);

/** May the application receive this? Asked unless an earlier consent covers everything. */
export const consent = defineStage(consentStage, {
  enter: (run) => enter(run as unknown as StageRun, lifeOf(run.stage.values)),
  answer: (run, response) => answer(run as unknown as StageRun, response, lifeOf(run.stage.values)),
});

/** The same question, asked because the application demands it (`prompt=consent`). */
export const forcedConsent: StageSteps = {
  enter: (run) => enter(run, 'once'),
  answer: (run, response) => answer(run, response, 'once'),
};
