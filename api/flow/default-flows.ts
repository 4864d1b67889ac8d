import type { FastifyInstance, FastifyRequest } from 'fastify';
import { flow, type FlowDesignation } from '../../domain/flow/model.js';
import { isSafeNext } from '../../domain/flow/next.js';
import { anybody } from '../../domain/kernel/rights.js';
import { queryParameters } from '../http/query-parameters.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { brandOf, originOf } from '../http/hosts.js';

const access = anybody('entry points of flows');

type DefaultDesignation = Extract<FlowDesignation, 'authentication' | 'invalidation'>;

/** Slug of the flow that a host uses for a purpose: its brand's, else the first of that designation by slug. */
export const defaultFlowSlug = (
  { ports }: HttpDependencies,
  host: string,
  designation: DefaultDesignation,
): string | null => {
  const brand = brandOf(ports.config, host);
  const chosen =
    designation === 'authentication' ? brand?.values.flowAuthentication : brand?.values.flowInvalidation;
  const own = chosen ? ports.config.get(flow, chosen) : undefined;
  if (own) return own.values.slug;
  const slugs = ports.config
    .all(flow)
    .filter((object) => object.values.designation === designation)
    .map((object) => object.values.slug);
  return slugs.sort()[0] ?? null;
};

/** The address of a flow's page, with a safe `next` kept. */
const flowPage = (request: FastifyRequest, slug: string): string => {
  const next = queryParameters(request).get('next');
  const safe = next !== null && isSafeNext(next, [originOf(request)]);
  return `/if/flow/${slug}/${safe ? `?next=${encodeURIComponent(next)}` : ''}`;
};

/** `/`, and the public entries to the default flows. */
export const registerDefaultFlows = (app: FastifyInstance, dependencies: HttpDependencies): void => {
  app.get('/', { config: { access } }, (request, reply) =>
    reply.redirect(request.identity.user ? '/if/user/' : '/flows/-/default/authentication/?next=%2F', 302),
  );

  for (const designation of ['authentication', 'invalidation'] as const)
    app.get(`/flows/-/default/${designation}/`, { config: { access } }, (request, reply) => {
      const slug = defaultFlowSlug(dependencies, request.hostname, designation);
      if (slug === null)
        return reply.code(404).send({ code: 'NOT_FOUND', message: 'There is no such flow.' });
      return reply.redirect(flowPage(request, slug), 302);
    });

  // A visitor who is not signed in starts over with his `next`; who is signed in wants to be somebody else.
  app.get('/flows/-/cancel/', { config: { access } }, (request, reply) => {
    const slug = defaultFlowSlug(
      dependencies,
      request.hostname,
      request.identity.user ? 'invalidation' : 'authentication',
    );
    return reply.redirect(slug === null ? '/' : flowPage(request, slug), 302);
  });
};
