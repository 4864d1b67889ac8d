import type { FastifyReply, FastifyRequest } from 'fastify';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { openExecution, type FlowStep } from '../../commands/flow/executions.js';
import type { Visitor } from '../../commands/flow/visitor.js';
import type { Client } from '../../commands/oauth2/client.js';
import { claimUser, subjectOf } from '../../commands/oauth2/issue-tokens.js';
import { parkRequest, type PendingRequest } from '../../commands/oauth2/pending-request.js';
import { mayUseClient } from '../../commands/oauth2/may-use-client.js';
import { execute } from '../../commands/pipeline.js';
import type { PlannedStage } from '../../domain/flow/execution.js';
import { flow } from '../../domain/flow/model.js';
import type { Id } from '../../domain/kernel/ids.js';
import type { AuthorizationError } from '../../domain/provider/oauth2/authorization-request.js';
import { applyEffects } from '../flow/apply-effects.js';
import { defaultFlowSlug } from '../flow/default-flows.js';
import { requireFewStarts } from '../flow/require-few-starts.js';
import { visitorOf } from '../flow/visitor.js';
import { commandContext } from '../http/command-context.js';
import type { HttpDependencies } from '../http/dependencies.js';

/** A valid request, and the id it is parked under if it is. */
export interface Continuation {
  readonly client: Client;
  readonly pending: PendingRequest;
  readonly id: string | null;
}

export type Outcome =
  | { readonly kind: 'redirect'; readonly to: string }
  /** The person may not use the application. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'error'; readonly error: AuthorizationError; readonly description: string };

const error = (code: AuthorizationError, description: string): Outcome => ({
  kind: 'error',
  error: code,
  description,
});

/** Whether the login of this browser is not enough for the request: none, too old, or not newer than the request demands. */
const needsLogin = (visitor: Visitor, { request, requestedAt }: PendingRequest, now: Date): boolean => {
  if (!visitor.session) return true;
  const startedAt = new Date(visitor.session.startedAt);
  const isNewer = startedAt >= new Date(requestedAt);
  if (isNewer) return false;
  if (request.prompt.includes('login') || request.prompt.includes('select_account')) return true;
  return request.maxAgeSeconds !== null && now.getTime() - startedAt.getTime() > request.maxAgeSeconds * 1000;
};

/** What a consent page says of the scopes; those without a description ask nobody. */
const permissionsOf = (client: Client, scopes: readonly string[]): { id: string; name: string }[] =>
  client.mappings
    .filter(({ values }) => scopes.includes(values.scopeName) && values.description !== '')
    .map(({ values }) => ({ id: values.scopeName, name: values.description }));

/** Takes a request as far as it gets without asking: to the client's address, to a login, or to a question of the flow. */
export const continueAuthorization = async (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { client, pending, id }: Continuation,
): Promise<Outcome> => {
  const { ports } = dependencies;
  const visitor = visitorOf(dependencies, request, reply, new URLSearchParams());
  const silent = pending.request.prompt.includes('none');
  const context = commandContext(dependencies, request, request.identity, 'flow');
  const applicationId = client.application.id as Id<'application'>;
  if (!visitor.session) await requireFewStarts(dependencies, request);
  const requestId = id ?? (await parkRequest(ports, pending));

  const open = async (
    slug: string,
    start: Omit<Parameters<typeof openExecution>[1], 'slug' | 'visitor'>,
  ): Promise<FlowStep> => {
    const step = await openExecution(ports, { slug, visitor, ...start }, context);
    await applyEffects(dependencies, request, reply, visitor, step);
    return step;
  };

  const signIn = async (): Promise<Outcome> => {
    if (silent) return error('login_required', 'The user is not signed in.');
    const own = client.provider.values.authenticationFlow;
    const slug =
      (own === null ? undefined : ports.config.get(flow, own))?.values.slug ??
      defaultFlowSlug(dependencies, request.hostname, 'authentication');
    if (slug === null) return error('server_error', 'There is no flow to sign in with.');
    const next = `/application/o/authorize/?resume=${requestId}`;
    const { execution } = await open(slug, {
      next,
      context: { applicationId, loginHint: pending.request.loginHint },
    });
    // A flow that is over at once has signed nobody in: coming back here would go round in circles.
    return execution.status === 'completed'
      ? error('login_required', 'The user could not be asked to sign in.')
      : { kind: 'redirect', to: flowPage(slug, execution.id, next) };
  };

  const authorize = async (): Promise<Outcome> => {
    const object = ports.config.get(flow, client.provider.values.authorizationFlow);
    if (!object) return error('server_error', 'The client is not configured completely.');
    const { scopes, prompt } = pending.request;
    const askAgain = prompt.includes('consent');
    const append: PlannedStage[] = [
      ...(askAgain ? [{ from: 'server', kind: 'consent' } as const] : []),
      { from: 'server', kind: 'authorize' },
    ];
    const { execution } = await open(object.values.slug, {
      next: null,
      append,
      context: {
        applicationId,
        authorization: {
          requestId,
          scopes,
          askAgain,
          consented: false,
          permissions: permissionsOf(client, scopes),
        },
      },
    });
    const { challenge } = execution.pending;
    if (execution.status === 'completed') return { kind: 'redirect', to: challenge['to'] as string };
    if (!silent) return { kind: 'redirect', to: flowPage(object.values.slug, execution.id, null) };
    await ports.executions.remove(execution.id);
    if (execution.status === 'denied') return { kind: 'denied' };
    return challenge.component === 'ak-stage-consent'
      ? error('consent_required', 'The user has to agree first.')
      : error('interaction_required', 'The user has to be asked something.');
  };

  if (needsLogin(visitor, pending, ports.clock.now())) return signIn();
  const user = await ports.users.byId(visitor.session!.userId);
  if (!user || !mayUseClient(ports, client, user)) {
    if (user)
      await execute(
        ports,
        recordFactCommand,
        { type: 'activity.application.refused', data: { userId: user.id, applicationId } },
        context,
      );
    return { kind: 'denied' };
  }
  const { hintSubject } = pending;
  if (hintSubject !== null && subjectOf(ports, client, claimUser(ports, user)) !== hintSubject)
    return error('login_required', 'Somebody else is signed in.');
  return authorize();
};

const flowPage = (slug: string, execution: string, next: string | null): string => {
  const query = new URLSearchParams({ execution, ...(next === null ? {} : { next }) });
  return `/if/flow/${slug}/?${query.toString()}`;
};
