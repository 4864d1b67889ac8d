// Fills an empty installation through the API that administrators use: every object here is a command and its events.
import { adminApi, eachOf } from './admin-api.mjs';
import { applications, groupOf, groups, interesting } from './organisation.mjs';
import { people } from './people.mjs';

const headcount = 200;
const atOnce = 6;

const addGroups = async (api) => {
  const ids = new Map();
  for (const { name, parent } of groups) {
    const { createGroup } = await api(
      'mutation ($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }',
      { input: { name, parents: parent === undefined ? [] : [ids.get(parent)] } },
    );
    ids.set(name, createGroup.group.id);
  }
  return ids;
};

const addPeople = async (api, groupIds, password, onProgress) => {
  let done = 0;
  await eachOf(people(headcount), atOnce, async (person, index) => {
    const { createUser } = await api(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }',
      { input: person },
    );
    const userId = createUser.user.id;
    await api(
      'mutation ($userId: ID!, $groupId: ID!) { grantMembership(userId: $userId, groupId: $groupId) { position } }',
      { userId, groupId: groupIds.get(groupOf(index, headcount)) },
    );
    await api(
      'mutation ($userId: ID!, $password: String!) { setPassword(userId: $userId, password: $password) { position } }',
      { userId, password },
    );
    onProgress((done += 1), headcount);
  });
};

/** The provider of the example application, and what that application needs to know of it. */
const addProvider = async (api, appUrl) => {
  const { flows } = await api('{ flows(first: 100) { nodes { id slug } } }');
  const { createOAuth2Provider } = await api(
    'mutation ($input: CreateOAuth2ProviderInput!) { createOAuth2Provider(input: $input) { oAuth2Provider { id clientId } } }',
    {
      input: {
        name: 'Expenses',
        authorizationFlow: flows.nodes.find(
          ({ slug }) => slug === 'default-provider-authorization-explicit-consent',
        ).id,
        redirectUris: [
          { url: `${appUrl}/callback`, type: 'authorization' },
          { url: `${appUrl}/signed-out`, type: 'logout' },
        ],
      },
    },
  );
  const { id, clientId } = createOAuth2Provider.oAuth2Provider;
  const { viewOAuth2ProviderSecret } = await api(
    'mutation ($id: ID!) { viewOAuth2ProviderSecret(id: $id, field: "clientSecret") { value } }',
    { id },
  );
  return { id, clientId, clientSecret: viewOAuth2ProviderSecret.value };
};

const addApplications = async (api, groupIds, appUrl, providerId) => {
  for (const { values, visibleTo } of applications(appUrl)) {
    const { createApplication } = await api(
      'mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }',
      { input: { ...values, ...(values.slug === 'expenses' ? { provider: providerId } : {}) } },
    );
    for (const [order, name] of visibleTo.entries())
      await api(
        'mutation ($input: CreatePolicyBindingInput!) { createPolicyBinding(input: $input) { position } }',
        { input: { target: createApplication.application.id, group: groupIds.get(name), order } },
      );
  }
};

const addWebhook = async (api, groupIds, { url, secret }) => {
  const { createNotificationTransport } = await api(
    'mutation ($input: CreateNotificationTransportInput!) { createNotificationTransport(input: $input) { notificationTransport { id } } }',
    {
      input: {
        name: 'Tour webhook',
        mode: 'webhook',
        webhookUrl: url,
        webhookSecret: secret,
        sendOnce: true,
      },
    },
  );
  await api(
    'mutation ($input: CreateNotificationRuleInput!) { createNotificationRule(input: $input) { position } }',
    {
      input: {
        name: 'Sign-ins and changes',
        severity: 'notice',
        when: interesting,
        transports: [createNotificationTransport.notificationTransport.id],
        destinationGroup: groupIds.get('Security'),
      },
    },
  );
};

/**
 * Creates the sample organisation. `onProgress` hears what is being made. Returns what the example application needs to
 * introduce itself.
 */
export const fill = async ({ baseUrl, token, appUrl, webhook, password, onProgress }) => {
  const api = adminApi({ baseUrl, token });
  onProgress(`${groups.length} groups`);
  const groupIds = await addGroups(api);
  await addPeople(api, groupIds, password, (done, all) => onProgress(`people: ${done} of ${all}`));
  onProgress('applications');
  const client = await addProvider(api, appUrl);
  await addApplications(api, groupIds, appUrl, client.id);
  onProgress('webhook');
  await addWebhook(api, groupIds, webhook);
  return client;
};
