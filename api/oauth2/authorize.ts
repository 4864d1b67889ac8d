import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { responseAddress, takeResponse } from '../../commands/oauth2/authorization-response.js';
import {
  availableScopes,
  clientById,
  clientByProvider,
  issuerOf,
  type Client,
} from '../../commands/oauth2/client.js';
import {
  findRequest,
  parkRequest,
  takeRequest,
  type PendingRequest,
} from '../../commands/oauth2/pending-request.js';
import { anybody } from '../../domain/kernel/rights.js';
import {
  validateAuthorizationRequest,
  type AuthorizationError,
  type Refusal,
} from '../../domain/provider/oauth2/authorization-request.js';
import { requireFewStarts } from '../flow/require-few-starts.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { publicOrigin } from '../http/hosts.js';
import { sendPage } from '../http/page.js';
import { continueAuthorization, type Continuation } from './continue-authorization.js';
import { sendFormPost } from './form-post-page.js';
import { verifyIdTokenHint } from './id-token-hint.js';
import { queryParameters } from '../http/query-parameters.js';
import { bodyParameters } from './parameters.js';
import { recordConfigurationFailure } from './record-configuration-failure.js';

const path = '/application/o/authorize/';

/** Errors that a person causes, not the client's configuration. */
const everyday: readonly AuthorizationError[] = [
  'login_required',
  'consent_required',
  'interaction_required',
  'access_denied',
];

const gone = {
  title: 'This request has expired',
  text: 'Go back to the application and start again.',
  action: { label: 'My applications', method: 'get', to: '/if/user/' },
} as const;

/** The authorization endpoint (RFC 6749, 3.1; OpenID Connect Core, 3.1.2). */
export const registerAuthorize = (scope: FastifyInstance, dependencies: HttpDependencies): void => {
  const { ports, settings } = dependencies;

  const refuse = async (
    request: FastifyRequest,
    reply: FastifyReply,
    client: Client,
    refusal: Refusal,
    origin: string,
  ): Promise<FastifyReply> => {
    if (refusal.to === 'person' || !everyday.includes(refusal.error))
      await recordConfigurationFailure(dependencies, request, client, {
        message: refusal.to === 'person' ? refusal.reason : refusal.description,
      });
    if (refusal.to === 'person')
      return sendPage(
        reply,
        {
          title: 'This request cannot be answered',
          text: refusal.reason,
          detail: client.application.values.name,
        },
        400,
      );
    const address = await responseAddress(ports, {
      redirectUri: refusal.redirectUri,
      responseMode: refusal.responseMode,
      parameters: {
        error: refusal.error,
        error_description: refusal.description,
        iss: issuerOf(client, origin),
        ...(refusal.state === null ? {} : { state: refusal.state }),
      },
    });
    return reply.redirect(address, 303);
  };

  /** Checks a request. The answer is a request to go on with, or has been sent. */
  const begin = async (
    request: FastifyRequest,
    reply: FastifyReply,
    parameters: URLSearchParams,
  ): Promise<Continuation | null> => {
    const origin = publicOrigin(settings, request);
    const clientId = parameters.get('client_id') ?? '';
    const client = clientById(ports.config, clientId);
    if (!client) {
      await recordConfigurationFailure(dependencies, request, null, { message: 'The client is not known.' });
      await sendPage(
        reply,
        {
          title: 'This application is not known here',
          text: 'The address that led here names a client that does not exist, or that no application uses.',
        },
        400,
      );
      return null;
    }
    const validated = validateAuthorizationRequest(
      parameters,
      client.provider.values,
      availableScopes(client),
      ports.compilePattern,
    );
    if ('refusal' in validated) {
      await refuse(request, reply, client, validated.refusal, origin);
      return null;
    }
    const hint = parameters.get('id_token_hint');
    const hintClaims = hint ? verifyIdTokenHint(ports, client, hint) : null;
    if (hint && !hintClaims) {
      const { redirectUri, responseMode, state } = validated.request;
      const description = 'The id_token_hint is not one of ours for this client.';
      const refusal = {
        to: 'client',
        error: 'invalid_request',
        description,
        redirectUri,
        responseMode,
        state,
      } as const;
      await refuse(request, reply, client, refusal, origin);
      return null;
    }
    const pending: PendingRequest = {
      providerId: client.provider.id,
      request: validated.request,
      origin,
      requestedAt: ports.clock.now().toISOString(),
      hintSubject: hintClaims?.subject ?? null,
    };
    return { client, pending, id: null };
  };

  const resume = async (reply: FastifyReply, id: string): Promise<Continuation | null> => {
    const pending = await findRequest(ports, id);
    const client = pending && clientByProvider(ports.config, pending.providerId);
    if (pending && client) return { client, pending, id };
    await sendPage(reply, gone, 400);
    return null;
  };

  const goOn = async (
    request: FastifyRequest,
    reply: FastifyReply,
    continuation: Continuation | null,
  ): Promise<FastifyReply> => {
    if (!continuation) return reply;
    const outcome = await continueAuthorization(dependencies, request, reply, continuation);
    if (outcome.kind === 'redirect') return reply.redirect(outcome.to, 303);
    const { client, pending } = continuation;
    if (outcome.kind === 'denied' && !pending.request.prompt.includes('none'))
      return sendPage(
        reply,
        {
          title: 'You may not use this application',
          text: `Your account has no access to ${client.application.values.name}. Ask your administrator if you need it.`,
          action: { label: 'My applications', method: 'get', to: '/if/user/' },
        },
        403,
      );
    const [error, description] =
      outcome.kind === 'denied'
        ? (['access_denied', 'The user may not use the application.'] as const)
        : ([outcome.error, outcome.description] as const);
    const { redirectUri, responseMode, state } = pending.request;
    return refuse(
      request,
      reply,
      client,
      { to: 'client', error, description, redirectUri, responseMode, state },
      pending.origin,
    );
  };

  const cancel = async (request: FastifyRequest, reply: FastifyReply, id: string): Promise<FastifyReply> => {
    const pending = await takeRequest(ports, id);
    const client = pending && clientByProvider(ports.config, pending.providerId);
    if (!pending || !client) return sendPage(reply, gone, 400);
    const { redirectUri, responseMode, state } = pending.request;
    const description = 'The user did not agree.';
    return refuse(
      request,
      reply,
      client,
      { to: 'client', error: 'access_denied', description, redirectUri, responseMode, state },
      pending.origin,
    );
  };

  const config = { access: anybody('whoever is not signed in is sent to the login') };
  scope.get(path, { config }, async (request, reply) => {
    const parameters = queryParameters(request);
    if (parameters.size === 0) {
      reply.callNotFound();
      return;
    }
    const [finished, resumed, cancelled] = ['finish', 'resume', 'cancel'].map((name) => parameters.get(name));
    if (finished) {
      const response = await takeResponse(ports, finished);
      return response ? sendFormPost(reply, response) : sendPage(reply, gone, 400);
    }
    if (cancelled) return cancel(request, reply, cancelled);
    const continuation = await (resumed ? resume(reply, resumed) : begin(request, reply, parameters));
    return goOn(request, reply, continuation);
  });
  // A post from the client's page comes without cookies; what it asks is kept, and a redirect comes back with them.
  scope.post(path, { config: { ...config, sessionless: true } }, async (request, reply) => {
    const parameters = bodyParameters(request);
    if (parameters.size === 0) {
      reply.callNotFound();
      return;
    }
    const continuation = await begin(request, reply, parameters);
    if (!continuation) return reply;
    await requireFewStarts(dependencies, request);
    return reply.redirect(`${path}?resume=${await parkRequest(ports, continuation.pending)}`, 303);
  });
};
