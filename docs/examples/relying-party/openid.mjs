// Everything that speaks OpenID Connect. The rest of this application never sees a protocol parameter.
import * as oidc from 'openid-client';

// `offline_access` asks for a refresh token. `profile` and `email` bring the claims that the pages show.
const scope = 'openid profile email offline_access';

/** Reads the provider's metadata once, at the first sign-in, so that this application starts without it. */
export const openIdClient = ({ issuer, clientId, clientSecret, baseUrl }) => {
  const redirectUri = `${baseUrl}/callback`;
  let discovered = null;

  const configuration = () => {
    discovered ??= oidc
      .discovery(new URL(issuer), clientId, undefined, oidc.ClientSecretBasic(clientSecret), {
        // Without TLS only where the request never leaves this machine.
        execute: /^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(issuer) ? [oidc.allowInsecureRequests] : [],
      })
      .catch((error) => {
        discovered = null;
        throw error;
      });
    return discovered;
  };

  const asSession = (tokens, previous = null) => ({
    claims: tokens.claims() ?? previous.claims,
    idToken: tokens.id_token ?? previous.idToken,
    accessToken: tokens.access_token,
    // Each refresh token works once: the new one replaces it.
    refreshToken: tokens.refresh_token ?? previous?.refreshToken,
    scope: tokens.scope ?? previous?.scope,
    expiresAt: new Date(Date.now() + (tokens.expires_in ?? 0) * 1000),
    refreshes: previous ? previous.refreshes + 1 : 0,
  });

  return {
    /** Where to send the browser, and what to remember of it until it comes back. */
    begin: async () => {
      const pending = {
        verifier: oidc.randomPKCECodeVerifier(),
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
      };
      const address = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
        state: pending.state,
        nonce: pending.nonce,
      });
      return { address: address.href, pending };
    },

    /** Turns the code in the callback's address into tokens. Throws when state, nonce, issuer or signature do not fit. */
    complete: async (address, pending) =>
      asSession(
        await oidc.authorizationCodeGrant(await configuration(), address, {
          pkceCodeVerifier: pending.verifier,
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          idTokenExpected: true,
        }),
      ),

    refresh: async (session) =>
      asSession(await oidc.refreshTokenGrant(await configuration(), session.refreshToken), session),

    /** What the provider says of this person now. */
    userInfo: async (session) =>
      oidc.fetchUserInfo(await configuration(), session.accessToken, session.claims.sub),

    /** Where to send the browser so that the person is signed out at the provider too. */
    signOutAddress: async (session) =>
      oidc.buildEndSessionUrl(await configuration(), {
        id_token_hint: session.idToken,
        post_logout_redirect_uri: `${baseUrl}/signed-out`,
      }).href,
  };
};
