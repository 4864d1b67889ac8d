import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** A page without script: for the few answers that must work when nothing else does. */
export interface Page {
  readonly title: string;
  readonly text: string;
  readonly detail?: string;
  readonly action?: {
    readonly label: string;
    readonly method: 'get' | 'post';
    readonly to: string;
    /** Registered address to which the answer to the form redirects: browsers hold that against the form's page. */
    readonly then?: string | null;
  };
}

/** Text that is safe inside an element and inside a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);

const style = `body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;background:#f4f5f7;color:#1c1f26}
main{background:#fff;border-radius:12px;padding:2rem;max-width:26rem;margin:1rem;box-shadow:0 1px 3px #0002}h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:.5rem 0}
.detail{color:#5b6270;font-size:.875rem;overflow-wrap:anywhere}button,a.button{display:inline-block;margin-top:1rem;border:0;border-radius:8px;padding:.6rem 1.1rem;background:#3346d3;color:#fff;font:inherit;cursor:pointer;text-decoration:none}
@media(prefers-color-scheme:dark){body{background:#14161b;color:#e8eaf0}main{background:#1e2129}.detail{color:#a0a7b5}}`;

/** Sends a page under a policy that allows its style and its form, nothing else. */
export const sendPage = (reply: FastifyReply, page: Page, status = 200): FastifyReply => {
  const nonce = randomBytes(16).toString('base64url');
  const { action } = page;
  const allowed = action?.then ? `'self' ${new URL(action.then).origin}` : `'self'`;
  const button = !action
    ? ''
    : action.method === 'post'
      ? `<form method="post" action="${escapeHtml(action.to)}"><button>${escapeHtml(action.label)}</button></form>`
      : `<a class="button" href="${escapeHtml(action.to)}">${escapeHtml(action.label)}</a>`;
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; form-action ${allowed}; base-uri 'none'; frame-ancestors 'none'`,
    )
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(page.title)}</title><style nonce="${nonce}">${style}</style></head><body><main><h1>${escapeHtml(page.title)}</h1><p>${escapeHtml(page.text)}</p>${page.detail ? `<p class="detail">${escapeHtml(page.detail)}</p>` : ''}${button}</main></body></html>`,
    );
};
