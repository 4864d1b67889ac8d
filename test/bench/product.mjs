import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { adminApi } from '../../bin/demo/admin-api.mjs';
import { freePort } from '../../bin/free-port.mjs';
import { spawnServer, stop } from './processes.mjs';

export const startFile = fileURLToPath(new URL('../../bin/start.cjs', import.meta.url));
export const token = 'bootstrap-token-for-the-bench';
const password = 'a password of the bench';
const userCount = 16;
const redirectUri = 'http://localhost:1/callback';

/** Starts the product bound to one processor and waits until it is ready. Limits are out of the way of a load. */
export const startProduct = async (env) => {
  const port = await freePort();
  const child = spawnServer(startFile, ['up'], {
    env: {
      MUNIMENT_LISTEN_HTTP: `127.0.0.1:${port}`,
      MUNIMENT_LISTEN_HTTPS: `127.0.0.1:${await freePort()}`,
      MUNIMENT_BOOTSTRAP_PASSWORD: password,
      MUNIMENT_BOOTSTRAP_TOKEN: token,
      MUNIMENT_LIMITS_FLOW_STARTS_PER_IP: '100000000',
      MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP: '100000000',
      MUNIMENT_LIMITS_LOGIN_FAILURES_PER_ACCOUNT: '100000000',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('the product ended');
    }),
  ]);
  child.stdout.resume();
  return { child, origin: `http://localhost:${port}`, stop: () => stop(child) };
};

/** A client that may use every grant, and people who can sign in. */
export const prepare = async ({ origin }) => {
  const api = adminApi({ baseUrl: origin, token });
  const { flows } = await api('{ flows(first: 100) { nodes { id slug } } }');
  const input = {
    name: 'bench',
    authorizationFlow: flows.nodes.find(
      ({ slug }) => slug === 'default-provider-authorization-implicit-consent',
    ).id,
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    redirectUris: [{ url: redirectUri }],
  };
  const { createOAuth2Provider } = await api(
    'mutation ($input: CreateOAuth2ProviderInput!) { createOAuth2Provider(input: $input) { oAuth2Provider { id clientId } } }',
    { input },
  );
  const { id, clientId } = createOAuth2Provider.oAuth2Provider;
  const { viewOAuth2ProviderSecret } = await api(
    'mutation ($id: ID!) { viewOAuth2ProviderSecret(id: $id, field: "clientSecret") { value } }',
    { id },
  );
  await api('mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { position } }', {
    input: { name: 'bench', slug: 'bench', provider: id },
  });
  const users = Array.from({ length: userCount }, (_, index) => ({ username: `person${index}`, password }));
  for (const { username } of users) {
    const { createUser } = await api(
      'mutation ($username: String!) { createUser(input: { username: $username }) { user { id } } }',
      { username },
    );
    await api(
      'mutation ($userId: ID!, $password: String!) { setPassword(userId: $userId, password: $password) { position } }',
      { userId: createUser.user.id, password },
    );
  }
  const target = {
    clientId,
    clientSecret: viewOAuth2ProviderSecret.value,
    redirectUri,
    scope: 'openid profile email offline_access',
  };
  return { target, users };
};

export const basic = ({ clientId, clientSecret }) =>
  `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
