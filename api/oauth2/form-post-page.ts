import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { AuthorizationResponse } from '../../commands/oauth2/authorization-response.js';
import { escapeHtml } from '../http/page.js';

/** A page that posts a response to the client by itself, or by its button where scripts are off (OAuth 2.0 Form Post Response Mode). */
export const sendFormPost = (
  reply: FastifyReply,
  { redirectUri, parameters }: AuthorizationResponse,
): FastifyReply => {
  const nonce = randomBytes(16).toString('base64url');
  const fields = Object.entries(parameters)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('');
  return reply
    .type('text/html; charset=utf-8')
    .header(
      'content-security-policy',
      `default-src 'none'; script-src 'nonce-${nonce}'; form-action ${new URL(redirectUri).origin}; base-uri 'none'; frame-ancestors 'none'`,
    )
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Signing in</title></head><body><form method="post" action="${escapeHtml(redirectUri)}">${fields}<noscript><button>Continue</button></noscript></form><script nonce="${nonce}">document.forms[0].submit()</script></body></html>`,
    );
};
