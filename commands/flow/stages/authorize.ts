import { durationMs } from '../../../domain/kernel/duration.js';
import type { Id } from '../../../domain/kernel/ids.js';
import { responseAddress } from '../../oauth2/authorization-response.js';
import { clientByProvider, issuerOf } from '../../oauth2/client.js';
import { createCode } from '../../oauth2/code.js';
import { mayUseClient } from '../../oauth2/may-use-client.js';
import { findRequest } from '../../oauth2/pending-request.js';
import { refused, solved, type StageResult, type StageRun, type StageSteps } from '../stage-behaviour.js';

const gone = 'The request of the application has expired. Go back to the application and try again.';

/**
 * The last step of an authorization: access is checked once more, a code is made, and the run ends at the client's
 * address. Appends `activity.application.authorized`.
 */
const authorizeClient = async (run: StageRun): Promise<StageResult> => {
  const { unit, context, visitor } = run;
  const { ports } = unit;
  const pending = context.authorization && (await findRequest(ports, context.authorization.requestId));
  const client = pending && clientByProvider(ports.config, pending.providerId);
  const user = await run.user();
  if (!context.authorization || !pending || !client || !visitor.session || !user) return refused(gone);
  if (!mayUseClient(ports, client, user)) return refused('You may not use this application.');
  const { request } = pending;
  const code = await createCode(ports, {
    providerId: client.provider.id as Id<'provider'>,
    applicationId: client.application.id as Id<'application'>,
    userId: user.id,
    sessionId: visitor.session.id,
    impersonatorId: visitor.session.impersonatorId,
    redirectUri: request.redirectUri,
    scopes: request.scopes,
    nonce: request.nonce,
    codeChallenge: request.codeChallenge,
    codeChallengeMethod: request.codeChallengeMethod,
    authTime: visitor.session.startedAt,
    amr: visitor.session.amr,
    expiresAt: new Date(
      unit.now.getTime() + durationMs(client.provider.values.accessCodeValidity),
    ).toISOString(),
  });
  unit.record({
    type: 'activity.application.authorized',
    data: {
      userId: user.id,
      applicationId: client.application.id as Id<'application'>,
      flowId: run.flow.id as Id<'flow'>,
      scopes: [...request.scopes],
    },
  });
  const redirect = await responseAddress(ports, {
    redirectUri: request.redirectUri,
    responseMode: request.responseMode,
    parameters: {
      code,
      iss: issuerOf(client, pending.origin),
      ...(request.state === null ? {} : { state: request.state }),
    },
  });
  return solved({ redirect }, { answeredRequest: context.authorization.requestId });
};

export const authorize: StageSteps = { enter: authorizeClient, answer: authorizeClient };
