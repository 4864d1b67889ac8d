import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { Client } from '../support/client.js';
import { startProduct, type Product } from '../support/product.js';
import {
  afterLogout,
  browse,
  callback,
  createRelyingParty,
  type RelyingParty,
} from '../support/relying-party.js';

let product: Product;
const person = { username: 'jane', password: 'a long enough password' };

beforeAll(async () => {
  product = await startProduct();
  const { userId } = await product.run(createUserCommand, {
    username: person.username,
    name: 'Jane Doe',
    email: 'jane@example.com',
  });
  await product.run(setPasswordCommand, { userId, password: person.password });
});
afterAll(() => product.stop());

const discover = (party: RelyingParty): Promise<oidc.Configuration> =>
  oidc.discovery(
    new URL(party.issuer),
    party.clientId,
    party.clientSecret ?? undefined,
    party.clientSecret === null ? oidc.None() : oidc.ClientSecretBasic(party.clientSecret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the product listens without TLS on loopback only
    { execute: [oidc.allowInsecureRequests] },
  );

interface SignedIn {
  readonly tokens: Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;
  readonly config: oidc.Configuration;
  readonly browser: Client;
}

const signIn = async (party: RelyingParty, scope: string): Promise<SignedIn> => {
  const config = await discover(party);
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  const browser = new Client(product.baseUrl);
  const arrival = await browse(browser, product, address.href, person);
  const tokens = await oidc.authorizationCodeGrant(config, arrival.url, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
  return { tokens, config, browser };
};

describe('openid-client signs in', () => {
  it.each(['confidential', 'public'])('with code and PKCE as a %s client', async (clientType) => {
    const party = await createRelyingParty(product, { provider: { clientType } });
    const { tokens, config } = await signIn(party, 'openid email profile');
    const claims = tokens.claims()!;
    expect(claims.iss).toBe(party.issuer);
    expect(claims['preferred_username']).toBe('jane');
    expect(claims['amr']).toEqual(['pwd']);
    expect(tokens.refresh_token).toBeUndefined();
    const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    expect(info).toMatchObject({
      sub: claims.sub,
      email: 'jane@example.com',
      email_verified: false,
      name: 'Jane Doe',
      nickname: 'jane',
      groups: [],
    });
  });

  it('and refreshes, introspects and revokes', async () => {
    const party = await createRelyingParty(product);
    const { tokens, config } = await signIn(party, 'openid offline_access');
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    expect(refreshed.claims()!.sub).toBe(tokens.claims()!.sub);
    expect(await oidc.tokenIntrospection(config, refreshed.access_token)).toMatchObject({
      active: true,
      client_id: party.clientId,
      username: 'jane',
    });
    await oidc.tokenRevocation(config, refreshed.refresh_token!);
    expect(await oidc.tokenIntrospection(config, refreshed.access_token)).toEqual({ active: false });
    await expect(oidc.refreshTokenGrant(config, refreshed.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('and signs out, back to where the client wants to be', async () => {
    const party = await createRelyingParty(product);
    const { tokens, config, browser } = await signIn(party, 'openid');
    const address = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: afterLogout,
      state: 'back again',
    });
    const arrival = await browse(browser, product, address.href);
    expect(arrival.url.href).toBe(`${afterLogout}?state=back+again`);
    const { body } = await browser.graphql('{ me { user { username } } }');
    expect(body.data.me).toBeNull();
    await expect(oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub)).rejects.toMatchObject(
      { status: 401 },
    );
  });

  it('for itself, with client credentials', async () => {
    const party = await createRelyingParty(product, { provider: { grantTypes: ['client_credentials'] } });
    const config = await discover(party);
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'profile' });
    expect(tokens.scope).toBe('profile');
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true });
    const again = await oidc.clientCredentialsGrant(config, {});
    const [first, second] = await Promise.all(
      [tokens, again].map((answer) => oidc.tokenIntrospection(config, answer.access_token)),
    );
    expect(second!['sub']).toBe(first!['sub']);
  });
});
