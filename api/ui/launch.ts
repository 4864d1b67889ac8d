import type { FastifyInstance } from 'fastify';
import { anybody } from '../../domain/kernel/rights.js';
import { userById } from '../../projections/directory/query.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { sendPage } from '../http/page.js';
import { openableApplications } from './openable-applications.js';

/** `GET /application/launch/<slug>/`: a link that opens an application, after signing in where needed. */
export const registerLaunch = (app: FastifyInstance, { db, ports }: HttpDependencies): void => {
  app.get<{ Params: { slug: string } }>(
    '/application/launch/:slug/',
    { config: { access: anybody('whoever is not signed in is sent to do so') } },
    async (request, reply) => {
      const id = request.identity.user?.id;
      if (id === undefined)
        return reply.redirect(
          `/flows/-/default/authentication/?next=${encodeURIComponent(request.url)}`,
          302,
        );
      const user = await userById(db, id);
      const found = user
        ? openableApplications(ports.config, user).find(
            ({ object }) => object.values.slug === request.params.slug,
          )
        : undefined;
      return found
        ? reply.redirect(found.launchUrl, 302)
        : sendPage(
            reply,
            { title: 'There is no such application', text: 'It does not exist, or it is not for you.' },
            404,
          );
    },
  );
};
