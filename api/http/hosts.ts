import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { brand } from '../../domain/brand/model.js';
import type { ConfigObject, ConfigView } from '../../domain/kernel/config-view.js';
import type { StateOf } from '../../domain/kernel/model.js';
import type { HttpSettings } from './dependencies.js';

export type Brand = ConfigObject<StateOf<(typeof brand)['fields']>>;

const shippedDomain = 'muniment-default';

const bare = (host: string): string => host.toLowerCase().replace(/^\[|\]$/g, '');

export const isLoopbackHost = (host: string): boolean => {
  const name = bare(host);
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name)
  );
};

export const isLoopbackAddress = (address: string | null): boolean =>
  address !== null && (address === '::1' || /^(::ffff:)?127\./.test(address));

const matches = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** The brand of a host: the longest domain that fits on a label boundary, else the default one. */
export const brandOf = (config: ConfigView, host: string): Brand | null => {
  const name = bare(host);
  const brands = config.all(brand);
  const fitting = brands
    .filter((candidate) => matches(name, candidate.values.domain.toLowerCase()))
    .sort((a, b) => b.values.domain.length - a.values.domain.length);
  return fitting[0] ?? brands.find((candidate) => candidate.values.isDefault) ?? null;
};

/** Whether the product answers under a host: its own address and domains, and the machine itself. */
export const servesHost = (config: ConfigView, settings: HttpSettings, host: string): boolean => {
  const name = bare(host);
  if (isLoopbackHost(name)) return true;
  if (settings.baseUrl) return name === settings.baseUrl.hostname || hasBrand(config, name);
  const configured = config.all(brand).some((candidate) => candidate.values.domain !== shippedDomain);
  return configured
    ? hasBrand(config, name)
    : isIP(name) !== 0 || name === settings.machineName.toLowerCase();
};

const hasBrand = (config: ConfigView, name: string): boolean =>
  config
    .all(brand)
    .some(
      (candidate) =>
        candidate.values.domain !== shippedDomain && matches(name, candidate.values.domain.toLowerCase()),
    );

/** Origin in what outlives the request, such as an issuer: the pinned address where the machine is called by it or by itself. */
export const publicOrigin = ({ baseUrl }: HttpSettings, request: FastifyRequest): string =>
  baseUrl && (request.hostname === baseUrl.hostname || isLoopbackHost(request.hostname))
    ? baseUrl.origin
    : originOf(request);

/** Origin under which a request reached the product, as the trusted end of the proxy chain tells it. */
export const originOf = (request: FastifyRequest): string => `${request.protocol}://${request.host}`;
