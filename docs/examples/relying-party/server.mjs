// A small application that lets people sign in with OpenID Connect: code, PKCE, state, nonce, refresh, logout.
// It runs alone (see README.md) and as part of `npm run demo`.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { openIdClient } from './openid.mjs';
import { homePage, inlineStyle, problemPage, signedOutPage, welcomePage } from './pages.mjs';

const cookieName = 'expenses_session';
const pendingMs = 10 * 60 * 1000;
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(inlineStyle).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'`;

const cookieOf = (request) =>
  new Map((request.headers.cookie ?? '').split('; ').map((part) => part.split('=', 2))).get(cookieName);

/** Starts the application; `close` stops it. A real one would keep its sessions in a store that survives it. */
export const startRelyingParty = async ({ port, host = '127.0.0.1', baseUrl, ...client }) => {
  const provider = openIdClient({ ...client, baseUrl });
  const sessions = new Map();
  const pendings = new Map();
  const secure = baseUrl.startsWith('https:') ? '; Secure' : '';

  const setCookie = (response, value) =>
    // Lax keeps the cookie away from posts that other sites send.
    response.setHeader(
      'set-cookie',
      `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}${value === '' ? '; Max-Age=0' : ''}`,
    );
  const redirect = (response, address) => response.writeHead(303, { location: address }).end();
  const send = (response, html, status = 200) =>
    response
      .writeHead(status, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      })
      .end(html);

  const routes = {
    'GET /': async ({ session, response }) =>
      send(response, session ? homePage(session, await provider.userInfo(session)) : welcomePage()),

    'GET /sign-in': async ({ response }) => {
      const { address, pending } = await provider.begin();
      const key = randomBytes(32).toString('base64url');
      pendings.set(key, pending);
      setTimeout(() => pendings.delete(key), pendingMs).unref();
      setCookie(response, key);
      redirect(response, address);
    },

    'GET /callback': async ({ key, url, response }) => {
      const pending = pendings.get(key);
      pendings.delete(key);
      if (!pending) throw new Error('This sign-in was not started in this browser, or it took too long.');
      const session = await provider.complete(url, pending);
      // A new identifier, so that nobody knows it from before the sign-in.
      const fresh = randomBytes(32).toString('base64url');
      sessions.set(fresh, session);
      setCookie(response, fresh);
      redirect(response, '/');
    },

    'POST /refresh': async ({ key, session, response }) => {
      if (session) sessions.set(key, await provider.refresh(session));
      redirect(response, '/');
    },

    'POST /sign-out': async ({ key, session, response }) => {
      sessions.delete(key);
      setCookie(response, '');
      redirect(response, session ? await provider.signOutAddress(session) : '/signed-out');
    },

    'GET /signed-out': ({ response }) => send(response, signedOutPage()),
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, baseUrl);
    const route = routes[`${request.method} ${url.pathname}`];
    if (!route) {
      send(response, problemPage('There is no such page.'), 404);
      return;
    }
    const key = cookieOf(request);
    try {
      await route({ key, session: sessions.get(key), url, response });
    } catch (error) {
      // The provider ends what it has revoked: the person signs in again.
      sessions.delete(key);
      send(response, problemPage(error.error_description ?? error.message), 502);
    }
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {
    ISSUER,
    CLIENT_ID,
    CLIENT_SECRET,
    PORT = '9100',
    BASE_URL = `http://localhost:${PORT}`,
  } = process.env;
  if (!ISSUER || !CLIENT_ID || !CLIENT_SECRET) {
    console.error('Set ISSUER, CLIENT_ID and CLIENT_SECRET.');
    process.exit(1);
  }
  await startRelyingParty({
    port: Number(PORT),
    baseUrl: BASE_URL,
    issuer: ISSUER,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
  });
  console.log(`Listening at ${BASE_URL}/`);
}
