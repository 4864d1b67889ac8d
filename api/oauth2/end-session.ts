import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openExecution } from '../../commands/flow/executions.js';
import { appendParameters } from '../../commands/oauth2/authorization-response.js';
import { clientBySlug, type Client } from '../../commands/oauth2/client.js';
import { sidOf } from '../../commands/oauth2/issue-tokens.js';
import { findParked, park, takeParked } from '../../commands/parked.js';
import { anybody } from '../../domain/kernel/rights.js';
import { flow } from '../../domain/flow/model.js';
import type { Id } from '../../domain/kernel/ids.js';
import { admitsRedirect } from '../../domain/provider/oauth2/redirect-uri.js';
import { applyEffects } from '../flow/apply-effects.js';
import { defaultFlowSlug } from '../flow/default-flows.js';
import { requireFewStarts } from '../flow/require-few-starts.js';
import { visitorOf } from '../flow/visitor.js';
import { commandContext } from '../http/command-context.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { sendPage } from '../http/page.js';
import { requireSameOrigin } from '../http/same-origin.js';
import { verifyIdTokenHint } from './id-token-hint.js';
import { queryParameters } from '../http/query-parameters.js';
import { bodyParameters } from './parameters.js';
import { recordConfigurationFailure } from './record-configuration-failure.js';

interface OfApplication {
  Params: { slug: string };
}

/** What a client may send, and how long each may be. Anything else is not kept. */
const maxLengths = {
  id_token_hint: 8192,
  client_id: 2000,
  post_logout_redirect_uri: 2000,
  state: 2000,
};

/** The known parameters of a request; null when one of them is too long. */
const knownParameters = (parameters: URLSearchParams): URLSearchParams | null => {
  const known = new URLSearchParams();
  for (const [name, maxLength] of Object.entries(maxLengths)) {
    const value = parameters.get(name);
    if (value === null) continue;
    if (value.length > maxLength) return null;
    known.set(name, value);
  }
  return known;
};

const parkedMs = 15 * 60_000;
const library = { label: 'Sign in again', method: 'get', to: '/' } as const;

/** A logout that a client asked for, as far as it could be checked. */
interface LogoutRequest {
  /** Where the browser goes afterwards; null when the client named no address, or none that is registered. */
  readonly redirect: string | null;
  /** Session that the client means; null when it proved none. */
  readonly sid: string | null;
  readonly proved: boolean;
}

/** Ends the session at a client's request (OpenID Connect RP-Initiated Logout). Nobody is asked to sign in for it. */
export const registerEndSession = (scope: FastifyInstance, dependencies: HttpDependencies): void => {
  const { ports } = dependencies;

  /** Checks the parameters. An address that is not registered leaves the browser here and is recorded. */
  const check = async (
    request: FastifyRequest,
    client: Client,
    parameters: URLSearchParams,
  ): Promise<LogoutRequest> => {
    const hintText = parameters.get('id_token_hint');
    const hint = hintText ? verifyIdTokenHint(ports, client, hintText) : null;
    const clientId = parameters.get('client_id');
    const address = parameters.get('post_logout_redirect_uri');
    const registered =
      address !== null && admitsRedirect(client.provider.values, address, 'logout', ports.compilePattern);
    const foreign =
      (hintText && !hint) || (clientId !== null && clientId !== client.provider.values.clientId);
    if (foreign || (address && !registered))
      await recordConfigurationFailure(dependencies, request, client, {
        message: foreign
          ? 'A logout request carries a hint or client id that is not of this client.'
          : 'The address after logout is not registered for this application.',
      });
    const state = parameters.get('state');
    const redirect =
      registered && !foreign && hint
        ? state
          ? appendParameters(address, '?', new URLSearchParams({ state }))
          : address
        : null;
    return { redirect, sid: hint?.sid ?? null, proved: hint !== null && !foreign };
  };

  const signedOut = (reply: FastifyReply, { redirect }: LogoutRequest): FastifyReply =>
    redirect === null
      ? sendPage(reply, { title: 'You are signed out', text: 'You can close this page.', action: library })
      : reply.redirect(redirect, 303);

  /** Runs the flow that ends sessions, without asking anything more. */
  const signOut = async (
    request: FastifyRequest,
    reply: FastifyReply,
    client: Client,
    logout: LogoutRequest,
  ): Promise<FastifyReply> => {
    const own = client.provider.values.invalidationFlow;
    const slug =
      (own === null ? undefined : ports.config.get(flow, own))?.values.slug ??
      defaultFlowSlug(dependencies, request.hostname, 'invalidation');
    if (slug === null)
      return sendPage(reply, { title: 'You cannot be signed out', text: 'No flow does that.' }, 500);
    const visitor = visitorOf(dependencies, request, reply, new URLSearchParams());
    const applicationId = client.application.id as Id<'application'>;
    const step = await openExecution(
      ports,
      { slug, next: null, visitor, context: { applicationId, redirect: logout.redirect } },
      commandContext(dependencies, request, request.identity, 'flow'),
    );
    await applyEffects(dependencies, request, reply, visitor, step);
    return step.execution.status === 'completed'
      ? signedOut(reply, logout)
      : reply.redirect(`/if/flow/${slug}/?execution=${step.execution.id}`, 303);
  };

  const answer = async (
    request: FastifyRequest<OfApplication>,
    reply: FastifyReply,
    client: Client,
    parameters: URLSearchParams,
  ): Promise<FastifyReply> => {
    const logout = await check(request, client, parameters);
    const { session } = request.identity;
    if (!session) return signedOut(reply, logout);
    // Only who shows a token of this very session may end it unasked; anybody could have sent the browser here.
    if (logout.proved && logout.sid === sidOf(ports, session.id))
      return signOut(request, reply, client, logout);
    await requireFewStarts(dependencies, request);
    const id = await park(ports, 'logout-confirmation', logout, parkedMs);
    return sendPage(reply, {
      title: 'Sign out?',
      text: `${client.application.values.name} asks to sign you out of all applications.`,
      action: {
        label: 'Sign out',
        method: 'post',
        to: `/application/o/${client.application.values.slug}/end-session/?confirm=${id}`,
        then: logout.redirect,
      },
    });
  };

  const path = '/application/o/:slug/end-session/';
  const unknown = { title: 'There is no such application', text: 'The address that led here is wrong.' };
  const tooLong = { title: 'This request cannot be answered', text: 'A parameter of it is too long.' };
  const config = { access: anybody('whoever is not signed in is signed out already') };

  scope.get<OfApplication>(path, { config }, async (request, reply) => {
    const client = clientBySlug(ports.config, request.params.slug);
    if (!client) return sendPage(reply, unknown, 404);
    const parameters = queryParameters(request);
    const resumed = parameters.get('resume');
    if (resumed === null) return answer(request, reply, client, parameters);
    const parked = await findParked<string>(ports, 'logout-request', resumed);
    return answer(request, reply, client, new URLSearchParams(parked ?? ''));
  });

  scope.post<OfApplication>(path, { config }, async (request, reply) => {
    const client = clientBySlug(ports.config, request.params.slug);
    if (!client) return sendPage(reply, unknown, 404);
    const confirmed = queryParameters(request).get('confirm');
    if (confirmed === null) {
      // A post from the client's page comes without cookies: what it asks is kept, and a redirect comes back with them.
      const known = knownParameters(bodyParameters(request));
      if (!known) return sendPage(reply, tooLong, 400);
      await requireFewStarts(dependencies, request);
      const id = await park(ports, 'logout-request', known.toString(), parkedMs);
      return reply.redirect(`/application/o/${request.params.slug}/end-session/?resume=${id}`, 303);
    }
    requireSameOrigin(request, []);
    const logout = await takeParked<LogoutRequest>(ports, 'logout-confirmation', confirmed);
    if (!logout) return reply.redirect(`/application/o/${request.params.slug}/end-session/`, 303);
    return signOut(request, reply, client, logout);
  });
};
