// What people and programs do meanwhile. Each operation is written down before it is tried, and what became of it.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, dataOf, Refused } from './admin.mjs';
import { Browser, Unknown } from './browser.mjs';

const mostTries = 40;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/**
 * Writes down one operation. `args` says how its effect is known in the log; what `work` returns stands in the line of
 * the outcome. An unknown outcome is no error: the caller gets null.
 */
const recorded = async (client, op, args, work) => {
  const id = client.nextId();
  const say = (phase, result) => {
    client.history.write({ client: client.name, op, id, phase, result });
  };
  say('invoke', args);
  try {
    const result = await work();
    say('ok', result);
    return result;
  } catch (error) {
    if (error instanceof Refused) say('fail', { code: error.code });
    else if (error instanceof Unknown) say(error.sent ? 'info' : 'fail', { reason: error.message });
    else throw error;
    return null;
  }
};

/** Repeats what has an unknown outcome, under the same key: a new try is no new command. */
const untilKnown = async (client, work) => {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await work(client.anyServer());
    } catch (error) {
      if (!(error instanceof Unknown) || attempt >= mostTries || client.stopping()) throw error;
      await delay(client.random.between(50, 500));
    }
};

const command = (client, query, variables, key) => (browser) =>
  ask(browser, client.token, { query, variables, ...(key === undefined ? {} : { key }) }, client.complain);

const createUserText = 'mutation($n: String!) { createUser(input: { username: $n }) { user { id } } }';
const createGroupText = 'mutation($n: String!) { createGroup(input: { name: $n }) { position } }';
const editText =
  'mutation($id: ID!, $i: UpdateApplicationInput!) { updateApplication(id: $id, input: $i) { position } }';

const createUser = (client, username = client.nextName('user')) =>
  recorded(client, 'create-user', { username }, async () => {
    const { createUser: made } = await command(client, createUserText, { n: username })(client.anyServer());
    return { userId: made.user?.id };
  });

/** Two at once take one name: at most one of them gets it. */
const contestUser = async (client) => {
  const username = client.nextName('contested');
  await Promise.all([createUser(client, username), createUser(client, username)]);
};

/** The same command two or three times, at once or after one another, also when the first has been answered. */
const repeatUser = async (client) => {
  const username = client.nextName('repeated');
  const key = `key-${username}`;
  const once = () =>
    recorded(client, 'create-user-keyed', { username, key }, async () => {
      const data = await untilKnown(client, command(client, createUserText, { n: username }, key));
      return { userId: data.createUser.user?.id };
    });
  await Promise.all(Array.from({ length: client.random.between(1, 2) }, once));
  if (client.random.chance(0.5)) await once();
};

const createGroup = (client) => {
  const name = client.nextName('group');
  return recorded(client, 'create-group', { name }, async () => {
    await command(client, createGroupText, { n: name })(client.anyServer());
    return {};
  });
};

const edit = (client) => {
  const mark = client.nextName('edit');
  const application = client.random.pick(client.applications);
  return recorded(client, 'edit', { application, mark }, async () => {
    await command(client, editText, { id: application, i: { publisher: mark } })(client.anyServer());
    return {};
  });
};

const repeatEdit = async (client) => {
  const mark = client.nextName('edit');
  const application = client.random.pick(client.applications);
  const variables = { id: application, i: { publisher: mark } };
  const once = () =>
    recorded(client, 'edit-keyed', { application, mark, key: `key-${mark}` }, async () => {
      await untilKnown(client, command(client, editText, variables, `key-${mark}`));
      return {};
    });
  await once();
  if (client.random.chance(0.6)) await once();
};

/** A sign-in; returns the browser that is signed in, or null. */
const login = async (client) => {
  const browser = new Browser(client.anyServer().origin);
  const user = client.random.pick(client.users);
  const done = await recorded(client, 'login', {}, async () => {
    const { to, refused } = await browser.flow('default-authentication-flow', '', user);
    if (refused) dataOf(refused, client.complain);
    if (to === undefined) throw new Refused('no way on');
    return { tokenHash: sha256(browser.session), cookie: browser.session };
  });
  if (done) return { browser, ...done };
  await browser.close();
  return null;
};

const loginAndOut = async (client) => {
  const signedIn = await login(client);
  if (!signedIn) return;
  const { browser, tokenHash, cookie } = signedIn;
  if (client.random.chance(0.5))
    await recorded(client, 'logout', { tokenHash, cookie }, async () => {
      const { to, refused } = await browser.flow('default-invalidation-flow', '', {});
      if (refused) dataOf(refused, client.complain);
      if (to === undefined) throw new Refused('no way on');
      return {};
    });
  await browser.close();
};

const token = async (client, form) => {
  const { clientId, clientSecret } = client.relyingParty;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  return dataOf(
    await client.anyServer().form(form.path ?? '/application/o/token/', form.fields, {
      authorization: `Basic ${basic}`,
    }),
    client.complain,
  );
};

/** From the sign-in to a code, at the server of the browser. */
const codeFor = async (client, browser, verifier) => {
  const { clientId, redirectUri, scope } = client.relyingParty;
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state: 's',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  let url = new URL(`/application/o/authorize/?${query}`, browser.origin);
  while (url.origin === browser.origin) {
    if (url.pathname.startsWith('/if/flow/')) {
      const slug = url.pathname.split('/')[3];
      const { to } = await browser.flow(slug, url.search.slice(1), client.users[0]);
      if (to === undefined) return null;
      url = new URL(to, url);
      continue;
    }
    const { headers } = await browser.send('GET', url.pathname + url.search);
    if (headers.location === undefined) return null;
    url = new URL(headers.location, url);
  }
  return url.searchParams.get('code');
};

/** A code is redeemed, at times twice at once; its refresh tokens are used one after the other; the last is revoked, or not. */
const tokens = async (client) => {
  const signedIn = await login(client);
  if (!signedIn) return;
  const verifier = randomBytes(32).toString('base64url');
  const code = await codeFor(client, signedIn.browser, verifier).catch((error) => {
    if (error instanceof Unknown) return null;
    throw error;
  });
  await signedIn.browser.close();
  if (code === null) return;
  const grantId = code.split('.')[0];
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.relyingParty.redirectUri,
    code_verifier: verifier,
  };
  const redeem = () =>
    recorded(client, 'redeem', { grantId }, async () => {
      const answer = await token(client, { fields });
      return { refreshToken: answer.refresh_token };
    });
  const redemptions = await Promise.all(Array.from({ length: client.random.chance(0.3) ? 2 : 1 }, redeem));
  let current = redemptions.find(Boolean)?.refreshToken;
  for (let n = client.random.between(0, 4); n > 0 && current !== undefined; n -= 1)
    current = await refreshed(client, grantId, current);
  if (current !== undefined && client.random.chance(0.5))
    await recorded(client, 'revoke', { grantId, refreshToken: current }, async () => {
      await token(client, { path: '/application/o/revoke/', fields: { token: current } });
      return {};
    });
};

/** The next refresh token. The same one may be presented twice within a moment, and gets the same answer. */
const refreshed = async (client, grantId, refreshToken) => {
  const generation = Number(refreshToken.split('.')[1]) + 1;
  const once = () =>
    recorded(client, 'refresh', { grantId, generation }, async () => {
      const answer = await token(client, {
        fields: { grant_type: 'refresh_token', refresh_token: refreshToken },
      });
      return { refreshToken: answer.refresh_token };
    });
  const answers = await Promise.all(Array.from({ length: client.random.chance(0.3) ? 2 : 1 }, once));
  return answers.find(Boolean)?.refreshToken;
};

/** What is done how often. */
const weights = [
  [createUser, 4],
  [contestUser, 2],
  [repeatUser, 3],
  [createGroup, 4],
  [edit, 3],
  [repeatEdit, 3],
  [loginAndOut, 2],
  [tokens, 3],
];
const urn = weights.flatMap(([operation, weight]) => Array.from({ length: weight }, () => operation));

/** Does one thing after the other until it is told to stop. */
export const workAs = async (client) => {
  while (!client.stopping()) {
    await client.random.pick(urn)(client);
    await delay(client.random.between(5, 40));
  }
};
