import { createHash, randomBytes } from 'node:crypto';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import type { Answer, Client } from './client.js';
import type { Product } from './product.js';
import { browse, callback, type Answers, type Arrival, type RelyingParty } from './relying-party.js';

export const password = 'a long enough password';

/** A person who can sign in; returns his id. */
export const createPerson = async (
  product: Product,
  username: string,
  profile: Record<string, unknown> = {},
): Promise<string> => {
  const { userId } = await product.run(createUserCommand, { username, ...profile });
  await product.run(setPasswordCommand, { userId, password });
  return userId;
};

export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

export const newPkce = (): Pkce => {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
};

export const basic = (party: RelyingParty): string =>
  `Basic ${Buffer.from(`${party.clientId}:${party.clientSecret ?? ''}`).toString('base64')}`;

/** The address of an authorization request; a parameter of `null` is left out. */
export const authorizeUrl = (
  party: RelyingParty,
  parameters: Record<string, string | null> = {},
  pkce: Pkce = newPkce(),
): string => {
  const all: Record<string, string | null> = {
    response_type: 'code',
    client_id: party.clientId,
    redirect_uri: callback,
    scope: 'openid',
    state: 'the state',
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
    ...parameters,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value !== null) query.set(name, value);
  return `/application/o/authorize/?${query.toString()}`;
};

/** A form sent to an endpoint for machines. */
export const post = (
  client: Client,
  path: string,
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  client.request('POST', path, {
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

/** A code for a person who signs in and agrees to everything. */
export const obtainCode = async (
  browser: Client,
  product: Pick<Product, 'baseUrl'>,
  party: RelyingParty,
  answers: Answers,
  parameters: Record<string, string | null> = {},
): Promise<{ code: string; pkce: Pkce; arrival: Arrival }> => {
  const pkce = newPkce();
  const arrival = await browse(browser, product, authorizeUrl(party, parameters, pkce), answers);
  const code = arrival.url.searchParams.get('code');
  if (code === null) throw new Error(`no code at ${arrival.url.href} ${arrival.text.slice(0, 300)}`);
  return { code, pkce, arrival };
};

export const redeem = (
  client: Client,
  party: RelyingParty,
  code: string,
  pkce: Pkce,
  over: Record<string, string> = {},
): Promise<Answer> =>
  post(
    client,
    '/application/o/token/',
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      code_verifier: pkce.verifier,
      ...(party.clientSecret === null ? { client_id: party.clientId } : {}),
      ...over,
    },
    party.clientSecret === null ? {} : { authorization: basic(party) },
  );

export const refresh = (
  client: Client,
  party: RelyingParty,
  token: string,
  over: Record<string, string> = {},
): Promise<Answer> =>
  post(
    client,
    '/application/o/token/',
    { grant_type: 'refresh_token', refresh_token: token, ...over },
    { authorization: basic(party) },
  );
