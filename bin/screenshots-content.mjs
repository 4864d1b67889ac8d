// What the pictures show: a small company with its applications and people.

export const password = 'correct horse battery staple';
export const token = 'a-token-for-the-screenshots-only';

/** Fills an empty product. Returns ids of objects that have a picture of their own. */
export const fillForScreenshots = async (baseUrl) => {
  const ask = async (query, variables = {}) => {
    const response = await fetch(`${baseUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const create = async (type, key, input) => {
    const data = await ask(
      `mutation ($input: Create${type}Input!) { made: create${type}(input: $input) { object: ${key} { id } position } }`,
      { input },
    );
    return data.made.object.id;
  };

  const group = {};
  for (const name of ['Engineering', 'Finance', 'Support'])
    group[name] = await create('Group', 'group', { name });
  const people = [
    ['maria.lindqvist', 'Maria Lindqvist', 'Engineering'],
    ['jonas.becker', 'Jonas Becker', 'Engineering'],
    ['aiko.tanaka', 'Aiko Tanaka', 'Support'],
    ['samuel.okafor', 'Samuel Okafor', 'Finance'],
    ['ines.ferreira', 'Inês Ferreira', 'Finance'],
    ['lena.novak', 'Lena Novak', 'Support'],
  ];
  const user = {};
  for (const [username, name, team] of people) {
    user[username] = await create('User', 'user', { username, name, email: `${username}@example.com` });
    await ask(
      'mutation ($groupId: ID!, $userId: ID!) { grantMembership(groupId: $groupId, userId: $userId) { position } }',
      {
        groupId: group[team],
        userId: user[username],
      },
    );
  }
  const { flows } = await ask('{ flows(first: 50) { nodes { id slug } } }');
  const flow = Object.fromEntries(flows.nodes.map(({ slug, id }) => [slug, id]));
  const applications = [
    ['Grafana', 'Engineering', 'Dashboards and alerts', 'Grafana Labs'],
    ['Forgejo', 'Engineering', 'Source code and reviews', 'Codeberg e.V.'],
    ['Sentry', 'Engineering', 'Errors in production', 'Functional Software'],
    ['Nextcloud', 'Work', 'Files, calendar and contacts', 'Nextcloud GmbH'],
    ['Mattermost', 'Work', 'Conversations of all teams', 'Mattermost Inc.'],
    ['Zammad', 'Work', 'Questions of customers', 'Zammad Foundation'],
    ['Odoo', 'Finance', 'Invoices and orders', 'Odoo S.A.'],
    ['Kimai', 'Finance', 'Time sheets', 'Kimai'],
  ];
  const made = {};
  for (const [name, team, description, publisher] of applications) {
    const slug = name.toLowerCase();
    const address = `https://${slug}.example.com`;
    const provider = await create('OAuth2Provider', 'oAuth2Provider', {
      name: `${name} sign-on`,
      authorizationFlow: flow['default-provider-authorization-implicit-consent'],
      redirectUris: [{ url: `${address}/oauth/callback` }],
    });
    const id = await create('Application', 'application', {
      name,
      slug,
      group: team,
      description,
      publisher,
      provider,
      launchUrl: `${address}/`,
    });
    made[name] = { id, provider };
  }
  const { application } = await ask('query ($id: ID!) { application(id: $id) { revision } }', {
    id: made.Grafana.id,
  });
  await ask(
    `mutation ($id: ID!, $input: UpdateApplicationInput!, $revision: Int!) {
       updateApplication(id: $id, input: $input, expectedRevision: $revision) { position }
     }`,
    {
      id: made.Grafana.id,
      revision: application.revision,
      input: {
        description: 'Dashboards, alerts and on-call',
        launchUrl: 'https://metrics.example.com/',
        openInNewTab: true,
      },
    },
  );
  await ask(
    'mutation ($id: ID!, $input: UpdateOAuth2ProviderInput!) { updateOAuth2Provider(id: $id, input: $input) { position } }',
    { id: made.Nextcloud.provider, input: { accessTokenValidity: 'minutes=15', pkce: 'required' } },
  );
  const transports = await ask('{ notificationTransports(first: 5) { nodes { id } } }');
  const rule = await create('NotificationRule', 'notificationRule', {
    name: 'Changed sign-on',
    severity: 'warning',
    destinationGroup: group.Engineering,
    transports: transports.notificationTransports.nodes.map(({ id }) => id),
    when: {
      all: [
        { field: 'action', is: ['model_updated', 'model_deleted'] },
        { field: 'target.type', is: ['application', 'provider'] },
      ],
    },
  });
  return {
    application: made.Grafana.id,
    provider: made.Grafana.provider,
    user: user['maria.lindqvist'],
    flow: flow['default-authentication-flow'],
    rule,
  };
};
