import type { FastifyInstance } from 'fastify';
import { anybody } from '../../domain/kernel/rights.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { brandOf } from '../http/hosts.js';

/** `GET /api/v3/root/config/`: what a page needs before anybody has signed in. */
export const registerRootConfig = (app: FastifyInstance, { ports }: HttpDependencies): void => {
  app.get(
    '/api/v3/root/config/',
    { config: { access: anybody('names and pictures of the brand') } },
    (request) => {
      const brand = brandOf(ports.config, request.hostname);
      return {
        brand: {
          matched_domain: brand?.values.domain ?? '',
          branding_title: brand?.values.title ?? 'Muniment',
          branding_logo: brand?.values.logo ?? '',
          branding_favicon: brand?.values.favicon ?? '',
          branding_default_flow_background: brand?.values.flowBackground ?? '',
        },
        capabilities: [
          ...(ports.impersonation.enabled ? ['can_impersonate'] : []),
          ...(ports.places.knowsPlaces() ? ['can_geo_ip'] : []),
          ...(ports.places.knowsNetworks() ? ['can_asn'] : []),
        ],
      };
    },
  );
};
