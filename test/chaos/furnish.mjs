import { adminApi } from '../../bin/demo/admin-api.mjs';

const redirectUri = 'http://localhost:1/callback';
const people = 4;
const sinks = ['/sink/1', '/sink/2'];

/** What clients work with: people, applications, a relying party, and a rule that sends each new group to two receivers. */
export const furnish = async ({ servers, secrets, receiver }) => {
  const api = adminApi({ baseUrl: servers[0].origin, token: secrets.token });
  const { flows, groups } = await api(
    '{ flows(first: 100) { nodes { id slug } } groups(search: "authentik Admins") { nodes { id } } }',
  );
  const authorizationFlow = flows.nodes.find(
    ({ slug }) => slug === 'default-provider-authorization-implicit-consent',
  ).id;
  const { createOAuth2Provider } = await api(
    'mutation ($i: CreateOAuth2ProviderInput!) { createOAuth2Provider(input: $i) { oAuth2Provider { id clientId } } }',
    {
      i: {
        name: 'chaos',
        authorizationFlow,
        grantTypes: ['authorization_code', 'refresh_token'],
        redirectUris: [{ url: redirectUri }],
      },
    },
  );
  const { id, clientId } = createOAuth2Provider.oAuth2Provider;
  const { viewOAuth2ProviderSecret } = await api(
    'mutation ($id: ID!) { viewOAuth2ProviderSecret(id: $id, field: "clientSecret") { value } }',
    { id },
  );
  const applications = [];
  for (const [index, provider] of [id, null, null].entries()) {
    const { createApplication } = await api(
      'mutation ($i: CreateApplicationInput!) { createApplication(input: $i) { application { id } } }',
      { i: { name: `chaos ${index}`, slug: `chaos-${index}`, ...(provider ? { provider } : {}) } },
    );
    applications.push(createApplication.application.id);
  }
  const users = Array.from({ length: people }, (_, index) => ({
    username: `person${index}`,
    password: secrets.password,
  }));
  for (const { username, password } of users) {
    const { createUser } = await api(
      'mutation ($username: String!) { createUser(input: { username: $username }) { user { id } } }',
      { username },
    );
    await api(
      'mutation ($userId: ID!, $password: String!) { setPassword(userId: $userId, password: $password) { position } }',
      { userId: createUser.user.id, password },
    );
  }
  await announceGroups(api, receiver, groups.nodes[0].id);
  return {
    users,
    applications,
    relyingParty: {
      clientId,
      clientSecret: viewOAuth2ProviderSecret.value,
      redirectUri,
      scope: 'openid profile offline_access',
    },
  };
};

const announceGroups = async (api, receiver, destinationGroup) => {
  const transports = [];
  for (const path of sinks) {
    const { createNotificationTransport } = await api(
      'mutation($i: CreateNotificationTransportInput!) { createNotificationTransport(input: $i) { notificationTransport { id } } }',
      {
        i: {
          name: `sink ${path}`,
          mode: 'webhook',
          webhookUrl: `http://127.0.0.1:${receiver.port}${path}`,
          sendOnce: true,
        },
      },
    );
    transports.push(createNotificationTransport.notificationTransport.id);
  }
  const is = (field, value) => ({ field, is: [value] });
  await api('mutation($i: CreateNotificationRuleInput!) { createNotificationRule(input: $i) { position } }', {
    i: {
      name: 'groups',
      when: { all: [is('action', 'model_created'), is('target.type', 'group')] },
      transports,
      destinationGroup,
    },
  });
};

export const sinkPaths = sinks;
