import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { startProduct, type Product } from '../support/product.js';
import { authorizeUrl, createPerson, obtainCode, password, post, redeem } from '../support/oauth.js';
import { afterLogout, browse, createRelyingParty, type RelyingParty } from '../support/relying-party.js';

let product: Product;
let party: RelyingParty;
let other: RelyingParty;
let browser: Client;
let hint: string;
const person = { username: 'jane', password };

const endSession = (parameters: Record<string, string>, at = party): string =>
  `/application/o/${at.slug}/end-session/?${new URLSearchParams(parameters).toString()}`;
const isSignedIn = async (): Promise<boolean> =>
  (await browser.graphql('{ me { user { id } } }')).body.data.me !== null;
const withHeader = (jwt: string, header: Record<string, unknown>, signature?: string): string => {
  const [, claims = '', signed = ''] = jwt.split('.');
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${claims}.${signature ?? signed}`;
};

beforeAll(async () => {
  product = await startProduct();
  await createPerson(product, 'jane');
  party = await createRelyingParty(product);
  other = await createRelyingParty(product);
});
afterAll(() => product.stop());
beforeEach(async () => {
  browser = new Client(product.baseUrl);
  const { code, pkce } = await obtainCode(browser, product, party, person);
  hint = (await redeem(new Client(product.baseUrl), party, code, pkce)).body.id_token as string;
});

describe('with a hint of this session', () => {
  it('rp-initiated-logout: ends the session and returns with state; prompt=none fails afterwards', async () => {
    const arrival = await browse(
      browser,
      product,
      endSession({ id_token_hint: hint, post_logout_redirect_uri: afterLogout, state: 'a b' }),
    );
    expect(arrival.url.href).toBe(`${afterLogout}?state=a+b`);
    expect(await isSignedIn()).toBe(false);
    const again = await browse(browser, product, authorizeUrl(party, { prompt: 'none' }));
    expect(again.url.searchParams.get('error')).toBe('login_required');
  });

  it('no-state: returns none', async () => {
    const arrival = await browse(
      browser,
      product,
      endSession({ id_token_hint: hint, post_logout_redirect_uri: afterLogout }),
    );
    expect(arrival.url.href).toBe(afterLogout);
  });

  it.each([
    ['bad-post-logout-redirect-uri', { post_logout_redirect_uri: 'https://evil.example/' }],
    ['query-added-to-post-logout-redirect-uri', { post_logout_redirect_uri: `${afterLogout}?x=1` }],
    ['a script', { post_logout_redirect_uri: 'javascript:alert(1)' }],
    ['no-post-logout-redirect-uri', {}],
    ['only-state', { state: 'x' }],
    ['an address for signing in', { post_logout_redirect_uri: 'https://app.example.com/callback' }],
  ])('%s: ends here', async (_name, parameters) => {
    const arrival = await browse(browser, product, endSession({ id_token_hint: hint, ...parameters }));
    expect(arrival.url.origin).toBe(product.baseUrl);
    expect(arrival.text).toContain('signed out');
    expect(await isSignedIn()).toBe(false);
  });

  it('a form post of the client’s page works as well', async () => {
    const first = await post(browser, `/application/o/${party.slug}/end-session/`, {
      id_token_hint: hint,
      post_logout_redirect_uri: afterLogout,
    });
    expect(first.status).toBe(303);
    const arrival = await browse(browser, product, first.headers.get('location')!);
    expect(arrival.url.href).toBe(afterLogout);
    expect(await isSignedIn()).toBe(false);
  });
});

describe('without a hint that proves it', () => {
  const cases: [string, () => Record<string, string>][] = [
    ['no-id-token-hint', () => ({})],
    ['no-params', () => ({})],
    ['bad-id-token-hint', () => ({ id_token_hint: 'nonsense' })],
    ['modified-id-token-hint', () => ({ id_token_hint: withHeader(hint, { alg: 'none', typ: 'JWT' }, '') })],
    ['an HMAC hint', () => ({ id_token_hint: withHeader(hint, { alg: 'HS256', typ: 'JWT' }) })],
    ['another type', () => ({ id_token_hint: withHeader(hint, { alg: 'ES256', typ: 'at+jwt' }) })],
    ['a key of its own', () => ({ id_token_hint: withHeader(hint, { alg: 'ES256', typ: 'JWT', jwk: {} }) })],
    ['another client', () => ({ id_token_hint: hint, client_id: other.clientId })],
  ];
  it.each(cases)('%s: asks first, and never leaves', async (_name, parameters) => {
    const page = await browser.request(
      'GET',
      endSession({ post_logout_redirect_uri: afterLogout, ...parameters() }),
    );
    expect(page.status).toBe(200);
    expect(page.text).toContain('Sign out?');
    expect(await isSignedIn()).toBe(true);
    const to = /action="([^"]+confirm=[^"]+)"/.exec(page.text)![1]!.replaceAll('&amp;', '&');
    const foreign = await post(browser, to, '', { 'sec-fetch-site': 'cross-site' });
    expect(foreign.status).toBe(403);
    expect(await isSignedIn()).toBe(true);
    const done = await post(browser, to, '', { 'sec-fetch-site': 'same-origin', origin: product.baseUrl });
    expect(done.headers.get('location') ?? '').not.toContain('app.example.com');
    expect(await isSignedIn()).toBe(false);
  });

  it('the hint of another client of ours does not fit', async () => {
    const page = await browser.request('GET', endSession({ id_token_hint: hint }, other));
    expect(page.text).toContain('Sign out?');
  });

  it('the hint of another session of the same person asks first', async () => {
    const second = new Client(product.baseUrl);
    await second.login('jane', password);
    const page = await second.request(
      'GET',
      endSession({ id_token_hint: hint, post_logout_redirect_uri: afterLogout }),
    );
    expect(page.text).toContain('Sign out?');
    // Chromium holds a redirect after a form against the form's page.
    expect(page.headers.get('content-security-policy')).toContain(
      `form-action 'self' ${new URL(afterLogout).origin};`,
    );
  });
});

it('whoever is not signed in is not asked to sign in for it', async () => {
  const arrival = await browse(
    new Client(product.baseUrl),
    product,
    endSession({ id_token_hint: hint, post_logout_redirect_uri: afterLogout, state: 's' }),
  );
  expect(arrival.url.href).toBe(`${afterLogout}?state=s`);
});

it('E4: nothing a client sends is markup', async () => {
  const page = await browser.request(
    'GET',
    endSession({ state: '"><script>alert(1)</script>', id_token_hint: '"><script>' }),
  );
  expect(page.text).not.toContain('<script>alert');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
});
