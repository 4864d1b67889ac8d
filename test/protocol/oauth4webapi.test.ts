import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { startProduct, type Product } from '../support/product.js';
import { createPerson, password } from '../support/oauth.js';
import { browse, callback, createRelyingParty } from '../support/relying-party.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
  await createPerson(product, 'jane', { name: 'Jane Doe', email: 'jane@example.com' });
});
afterAll(() => product.stop());

// eslint-disable-next-line @typescript-eslint/no-deprecated -- the product listens without TLS on loopback only
const http = { [oauth.allowInsecureRequests]: true };

it('a strict client library signs in, reads claims, refreshes, introspects and revokes', async () => {
  const party = await createRelyingParty(product);
  const issuer = new URL(party.issuer);
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
  const client: oauth.Client = { client_id: party.clientId };
  const authentication = oauth.ClientSecretBasic(party.clientSecret!);
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const address = new URL(server.authorization_endpoint!);
  for (const [name, value] of Object.entries({
    client_id: party.clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid profile email offline_access',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  }))
    address.searchParams.set(name, value);
  const arrival = await browse(new Client(product.baseUrl), product, address.href, {
    username: 'jane',
    password,
  });

  // Checks state and the issuer of RFC 9207, which this library demands where discovery promises it.
  const parameters = oauth.validateAuthResponse(server, client, arrival.url, state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    parameters,
    callback,
    verifier,
    http,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(server, answer, http);
  const claims = oauth.getValidatedIdTokenClaims(tokens)!;
  expect(claims).toMatchObject({ preferred_username: 'jane', email: 'jane@example.com' });

  const userinfo = await oauth.processUserInfoResponse(
    server,
    client,
    claims.sub,
    await oauth.userInfoRequest(server, client, tokens.access_token, http),
  );
  expect(userinfo).toMatchObject({ name: 'Jane Doe' });

  const refreshed = await oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token!, http),
  );
  expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);

  const introspect = async (): Promise<oauth.IntrospectionResponse> =>
    oauth.processIntrospectionResponse(
      server,
      client,
      await oauth.introspectionRequest(server, client, authentication, refreshed.access_token, http),
    );
  expect(await introspect()).toMatchObject({ active: true, username: 'jane' });
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, authentication, refreshed.refresh_token!, http),
  );
  await product.settle();
  expect(await introspect()).toEqual({ active: false });
});

it('an access token passes the checks of RFC 9068 at a resource server', async () => {
  const party = await createRelyingParty(product, { provider: { grantTypes: ['client_credentials'] } });
  const issuer = new URL(party.issuer);
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
  const client: oauth.Client = { client_id: party.clientId };
  const tokens = await oauth.processClientCredentialsResponse(
    server,
    client,
    await oauth.clientCredentialsGrantRequest(
      server,
      client,
      oauth.ClientSecretPost(party.clientSecret!),
      {},
      http,
    ),
  );
  const request = new Request('https://api.example.com/', {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  const claims = await oauth.validateJwtAccessToken(server, request, party.clientId, http);
  expect(claims).toMatchObject({ iss: party.issuer, client_id: party.clientId });
});
