import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endsSession } from '../../domain/flow/ends-session.js';
import { anybody } from '../../domain/kernel/rights.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { sendPage, type Page } from '../http/page.js';

const placeholder = /CSP_NONCE/g;
const yearSeconds = 31_536_000;

/** A page may load our own scripts and styles, show pictures of applications from anywhere, and talk to us only. */
const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self'",
    "img-src 'self' data: https:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Whether a page of another site has led here. Browsers say so; addresses typed or opened from a mail are `none`. */
const isFromElsewhere = ({ headers }: FastifyRequest): boolean =>
  ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']));

/** A flow that ends the session begins at once: who was sent here by a link of others is asked first. */
const confirmation = {
  title: 'Sign out?',
  text: 'Another website has led you here. You stay signed in unless you continue.',
} as const;

const go = (request: FastifyRequest): NonNullable<Page['action']> => ({
  label: 'Sign out',
  method: 'get',
  to: request.url,
});

/** The three interfaces: one page each, whatever the path below it, and their files. */
export const registerPages = async (
  app: FastifyInstance,
  { ports, settings }: HttpDependencies,
): Promise<void> => {
  const pages = new Map<string, string>();
  const pageOf = (name: string): string => {
    const known = pages.get(name);
    if (known !== undefined) return known;
    const path = join(settings.uiFolder, `${name}.html`);
    const page = existsSync(path)
      ? readFileSync(path, 'utf8')
      : '<!doctype html><title>Muniment</title><p>The interface has not been built.</p>';
    pages.set(name, page);
    return page;
  };
  const send = (reply: FastifyReply, name: string): FastifyReply => {
    const nonce = randomBytes(16).toString('base64url');
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policyOf(nonce))
      .send(pageOf(name).replace(placeholder, nonce));
  };
  const shell = anybody('the page holds no data; what it shows is asked for under the caller’s own rights');
  for (const [name, path] of [
    ['flow', '/if/flow/:slug/'],
    ['user', '/if/user/'],
    ['user', '/if/user/*'],
    ['admin', '/if/admin/'],
    ['admin', '/if/admin/*'],
  ] as const)
    app.get(path, { config: { access: shell } }, (request, reply) => {
      if (name === 'flow' && request.identity.session && isFromElsewhere(request)) {
        const { slug = '' } = request.params as { slug?: string };
        if (endsSession(ports.config, slug)) return sendPage(reply, { ...confirmation, action: go(request) });
      }
      // Whoever is not signed in goes to the login first, and comes back to where he wanted to be.
      if (name !== 'flow' && !request.identity.user)
        return reply.redirect(
          `/flows/-/default/authentication/?next=${encodeURIComponent(request.url)}`,
          302,
        );
      if (name === 'admin' && !request.identity.rights.superuser) return reply.redirect('/if/user/', 302);
      return send(reply, name);
    });
  if (!existsSync(settings.uiFolder)) return;
  await app.register(fastifyStatic, {
    root: join(settings.uiFolder, 'assets'),
    serve: false,
    index: false,
    preCompressed: true,
    maxAge: yearSeconds * 1000,
    immutable: true,
  });
  app.get<{ Params: { '*': string } }>(
    '/static/dist/assets/*',
    { config: { access: anybody('files of the interface'), sessionless: true } },
    (request, reply) => reply.sendFile(request.params['*']),
  );
};
