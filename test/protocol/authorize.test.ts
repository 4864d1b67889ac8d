import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { application } from '../../domain/application/model.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { policyBinding } from '../../domain/policy/binding/model.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import { Client } from '../support/client.js';
import { authorizeUrl, createPerson, newPkce, obtainCode, password, post } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';
import { browse, callback, createRelyingParty, type RelyingParty } from '../support/relying-party.js';

let product: Product;
let party: RelyingParty;
const jane = { username: 'jane', password };

beforeAll(async () => {
  product = await startProduct();
  await createPerson(product, 'jane', { email: 'jane@example.com' });
  party = await createRelyingParty(product);
});
afterAll(() => product.stop());

const open = (parameters: Record<string, string | null>, browser = new Client(product.baseUrl)) =>
  browse(browser, product, authorizeUrl(party, parameters));

const signedIn = async (): Promise<Client> => {
  const browser = new Client(product.baseUrl);
  await browser.login('jane', password);
  return browser;
};

const errorAt = (url: URL): Record<string, string | null> => ({
  at: url.origin + url.pathname,
  error: url.searchParams.get('error'),
  state: url.searchParams.get('state'),
  iss: url.searchParams.get('iss'),
});

const refusedWith = (error: string): Record<string, string | null> => ({
  at: callback,
  error,
  state: 'the state',
  iss: party.issuer,
});

const audit = async (filter: string): Promise<any[]> => {
  await product.settle();
  const data = await new Client(product.baseUrl).admin(
    `{ auditEntries(first: 5, filter: ${filter}) { nodes { action outcome reason context actor { label } targetLabel } } }`,
  );
  return data.auditEntries.nodes as any[];
};

describe('before the address is known to be the client’s, errors are shown here', () => {
  it('row 1: nothing is asked', async () => {
    const client = new Client(product.baseUrl);
    expect((await client.request('GET', '/application/o/authorize/')).status).toBe(404);
    expect((await post(client, '/application/o/authorize/', '')).status).toBe(404);
  });

  it('row 2: the client is unknown, or no application uses it', async () => {
    expect((await open({ client_id: 'nobody' })).status).toBe(400);
    const orphan = await createRelyingParty(product);
    await product.run(deleteModelCommand(application as unknown as Model), { id: orphan.applicationId });
    const arrival = await browse(new Client(product.baseUrl), product, authorizeUrl(orphan));
    expect(arrival.status).toBe(400);
  });

  it.each([
    ['missing', null],
    ['another', 'https://app.example.com/other'],
    ['a logout address', 'https://app.example.com/signed-out'],
    ['a script', 'javascript:alert(1)'],
  ])('row 3: the address is %s', async (_name, redirect_uri) => {
    const arrival = await open({ redirect_uri });
    expect(arrival.status).toBe(400);
    expect(arrival.url.pathname).toBe('/application/o/authorize/');
    const [entry] = await audit('{ actions: ["configuration_error"] }');
    expect(entry.context.provider).toBe(party.providerId);
  });

  it('a parameter stands twice', async () => {
    const arrival = await browse(
      new Client(product.baseUrl),
      product,
      `${authorizeUrl(party)}&redirect_uri=${encodeURIComponent('https://evil.example/')}`,
    );
    expect(arrival.status).toBe(400);
  });

  it('E4: what the client sent is text on the page, never markup', async () => {
    const arrival = await open({
      '"><script>alert(1)</script>': 'x',
      redirect_uri: '"><script>alert(1)</script>',
    });
    expect(arrival.text).not.toContain('<script>alert');
  });
});

describe('after that, errors go to the client with state and issuer', () => {
  it.each([
    ['row 4: response type unknown', { response_type: 'words' }, 'unsupported_response_type'],
    ['row 4: response type missing', { response_type: null }, 'unsupported_response_type'],
    ['row 4: implicit', { response_type: 'token' }, 'unsupported_response_type'],
    ['row 6: request object', { request: 'x.y.z' }, 'request_not_supported'],
    ['row 6: request address', { request_uri: 'https://app.example.com/r' }, 'request_uri_not_supported'],
    ['row 7: response mode', { response_mode: 'telepathy' }, 'invalid_request'],
    ['row 11: challenge method', { code_challenge_method: 'S512' }, 'invalid_request'],
    ['row 11: plain where S256 is demanded', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['row 11: no challenge', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['row 11: malformed challenge', { code_challenge: 'short' }, 'invalid_request'],
    ['row 12: prompt', { prompt: 'dance' }, 'invalid_request'],
    ['row 12: none with another', { prompt: 'none login' }, 'invalid_request'],
    ['row 13: nobody signed in', { prompt: 'none' }, 'login_required'],
    ['max_age', { max_age: 'soon' }, 'invalid_request'],
    ['id_token_hint of somebody else', { id_token_hint: 'a.b.c' }, 'invalid_request'],
  ])('%s', async (_name, parameters, error) => {
    expect(errorAt((await open(parameters)).url)).toEqual(refusedWith(error));
  });

  it('row 5: the client may not use codes', async () => {
    const other = await createRelyingParty(product, { provider: { grantTypes: ['client_credentials'] } });
    const arrival = await browse(new Client(product.baseUrl), product, authorizeUrl(other));
    expect(arrival.url.searchParams.get('error')).toBe('unauthorized_client');
  });
});

describe('signing in', () => {
  it('asks, and returns with code, state and issuer', async () => {
    const arrival = await browse(new Client(product.baseUrl), product, authorizeUrl(party), jane);
    expect(arrival.url.origin + arrival.url.pathname).toBe(callback);
    expect(arrival.url.searchParams.get('state')).toBe('the state');
    expect(arrival.url.searchParams.get('iss')).toBe(party.issuer);
    expect(arrival.url.searchParams.get('code')).toBeTruthy();
    expect(arrival.challenges).toEqual(['ak-stage-identification', 'ak-stage-password']);
    const [entry] = await audit('{ actions: ["authorize_application"] }');
    expect(entry).toMatchObject({ actor: { label: 'jane' }, targetLabel: `App ${party.slug}` });
    expect(entry.context.scopes).toBe('openid');
  });

  it('names the application and fills in the login hint', async () => {
    const arrival = await open({ login_hint: 'jane@example.com' });
    const challenge = JSON.parse(arrival.text);
    expect(challenge.application_pre).toBe(`App ${party.slug}`);
    expect(challenge.pending_user_identifier).toBe('jane@example.com');
  });

  it('is silent for somebody who is signed in', async () => {
    const browser = await signedIn();
    const arrival = await open({ prompt: 'none' }, browser);
    expect(arrival.url.searchParams.get('code')).toBeTruthy();
    expect(arrival.challenges).toEqual([]);
  });

  it('row 14: prompt=login asks although somebody is signed in, and once is enough', async () => {
    const browser = await signedIn();
    const arrival = await browse(browser, product, authorizeUrl(party, { prompt: 'login' }), jane);
    expect(arrival.challenges).toEqual(['ak-stage-identification', 'ak-stage-password']);
    expect(arrival.url.searchParams.get('code')).toBeTruthy();
  });

  it('row 14: max_age counts from the login', async () => {
    const browser = await signedIn();
    expect((await open({ max_age: '10000' }, browser)).challenges).toEqual([]);
    const arrival = await browse(browser, product, authorizeUrl(party, { max_age: '0' }), jane);
    expect(arrival.challenges).toHaveLength(2);
    expect(arrival.url.searchParams.get('code')).toBeTruthy();
  });

  it('the browser holds one session afterwards', async () => {
    const browser = await signedIn();
    const cookie = browser.cookies.get('muniment_session')!;
    await browse(browser, product, authorizeUrl(party, { prompt: 'login' }), jane);
    const old = new Client(product.baseUrl);
    old.cookies.set('muniment_session', cookie);
    expect((await old.graphql('{ me { user { username } } }')).body.data.me).toBeNull();
  });

  it('row 8: unknown scopes are dropped, and without any the configured ones are asked for', async () => {
    const browser = await signedIn();
    await open({ scope: 'openid nonsense' }, browser);
    expect((await audit('{ actions: ["authorize_application"] }'))[0].context.scopes).toBe('openid');
    await open({ scope: null }, browser);
    expect((await audit('{ actions: ["authorize_application"] }'))[0].context.scopes).toBe(
      'openid email profile',
    );
  });

  it('a post is answered like a get, by a redirect', async () => {
    const browser = await signedIn();
    const query = authorizeUrl(party).split('?')[1]!;
    const answer = await post(browser, '/application/o/authorize/', query, {
      'sec-fetch-site': 'cross-site',
    });
    expect(answer.status).toBe(303);
    const arrival = await browse(browser, product, answer.headers.get('location')!);
    expect(arrival.url.searchParams.get('code')).toBeTruthy();
  });

  it('fragment and form_post', async () => {
    const browser = await signedIn();
    const fragment = await open({ response_mode: 'fragment' }, browser);
    expect(new URLSearchParams(fragment.url.hash.slice(1)).get('code')).toBeTruthy();
    const form = await open({ response_mode: 'form_post', state: '"><script>alert(1)</script>' }, browser);
    expect(form.status).toBe(200);
    expect(form.text).toContain(`action="${callback}"`);
    expect(form.text).toMatch(/name="code" value="[^"]+"/);
    expect(form.text).not.toContain('<script>alert');
    const answer = await browser.request('GET', form.url.pathname + form.url.search);
    expect(answer.status).toBe(400);
  });

  it('E4: the posting page may post to the client only', async () => {
    const browser = await signedIn();
    const first = await browser.request('GET', authorizeUrl(party, { response_mode: 'form_post' }));
    const page = await browser.request('GET', first.headers.get('location')!);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain('form-action https://app.example.com;');
    expect(policy).toMatch(/script-src 'nonce-[\w-]+';/);
  });

  it('E15: answers carry no CORS headers and no referrer', async () => {
    const browser = await signedIn();
    const answer = await browser.request('GET', authorizeUrl(party), {
      headers: { origin: 'https://app.example.com' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  });
});

describe('row 15: access to the application', () => {
  let guarded: RelyingParty;
  let staff: string;

  beforeAll(async () => {
    guarded = await createRelyingParty(product);
    ({ id: staff } = await product.run(createModelCommand(group as unknown as Model), {
      values: { name: 'staff' },
    }));
    await product.run(createModelCommand(policyBinding as unknown as Model), {
      values: { target: guarded.applicationId, group: staff },
    });
  });

  it('who may not use it sees why, and it is on record', async () => {
    const browser = await signedIn();
    const arrival = await browse(browser, product, authorizeUrl(guarded));
    expect(arrival.status).toBe(403);
    const [entry] = await audit(
      '{ actions: ["authorize_application"], where: { field: "outcome", is: ["failure"] } }',
    );
    expect(entry).toMatchObject({ reason: 'POLICY_DENIED', actor: { label: 'jane' } });
    const silent = await browse(browser, product, authorizeUrl(guarded, { prompt: 'none' }));
    expect(silent.url.searchParams.get('error')).toBe('access_denied');
  });
});

describe('consent', () => {
  let asking: RelyingParty;
  beforeAll(async () => {
    asking = await createRelyingParty(product, { consent: 'explicit' });
    await createPerson(product, 'kim');
  });
  const kim = { username: 'kim', password };

  it('is asked for once, and again for more', async () => {
    const browser = new Client(product.baseUrl);
    const first = await browse(browser, product, authorizeUrl(asking, { scope: 'openid email' }), kim);
    expect(first.challenges).toContain('ak-stage-consent');
    const again = await browse(browser, product, authorizeUrl(asking, { scope: 'openid email' }), kim);
    expect(again.challenges).toEqual([]);
    const more = await browse(browser, product, authorizeUrl(asking, { scope: 'openid email profile' }));
    expect(more.challenges).toEqual(['ak-stage-consent']);
  });

  it('row 16: prompt=none does not ask, prompt=consent asks once more', async () => {
    const browser = new Client(product.baseUrl);
    await browser.login('jane', password);
    const silent = await browse(browser, product, authorizeUrl(asking, { prompt: 'none' }));
    expect(silent.url.searchParams.get('error')).toBe('consent_required');
    await browse(browser, product, authorizeUrl(asking));
    const asked = await browse(browser, product, authorizeUrl(asking, { prompt: 'consent' }));
    expect(asked.challenges).toEqual(['ak-stage-consent']);
    const implicit = await browse(browser, product, authorizeUrl(party, { prompt: 'consent' }));
    expect(implicit.challenges).toEqual(['ak-stage-consent']);
  });

  it('R7: a double click on the button is one approval', async () => {
    await createPerson(product, 'lee');
    const browser = new Client(product.baseUrl);
    await browser.login('lee', password);
    for (let round = 0; round < 5; round += 1) {
      const page = await browser.request('GET', authorizeUrl(asking, { prompt: 'consent' }));
      const at = new URL(page.headers.get('location')!, product.baseUrl);
      const path = `/api/v3/flows/executor/default-provider-authorization-explicit-consent/?execution=${at.searchParams.get('execution')!}`;
      const { body } = await browser.request('GET', path);
      const approve = { body: { component: 'ak-stage-consent', token: body.token as string } };
      const answers = await Promise.all([1, 2].map(() => browser.request('POST', path, approve)));
      for (const answer of answers) expect(answer.body.to, answer.text).toContain('code=');
      expect(answers[0]!.body.to).toBe(answers[1]!.body.to);
    }
  });

  it('who declines returns to the client with access_denied', async () => {
    const browser = new Client(product.baseUrl);
    await browser.login('kim', password);
    const page = await browser.request('GET', authorizeUrl(asking, { prompt: 'consent' }));
    const at = new URL(page.headers.get('location')!, product.baseUrl);
    const { body } = await browser.request(
      'GET',
      `/api/v3/flows/executor/default-provider-authorization-explicit-consent/?execution=${at.searchParams.get('execution')!}`,
    );
    expect(body.permissions).toEqual([]);
    const arrival = await browse(browser, product, body.flow_info.cancel_url as string);
    expect(arrival.url.searchParams.get('error')).toBe('access_denied');
    expect((await browse(browser, product, body.flow_info.cancel_url as string)).status).toBe(400);
  });

  it('E10: an approval answers the page that asked for it, in the browser that saw it', async () => {
    const browser = new Client(product.baseUrl);
    await browser.login('kim', password);
    const page = await browser.request('GET', authorizeUrl(asking, { prompt: 'consent' }));
    const execution = new URL(page.headers.get('location')!, product.baseUrl).searchParams.get('execution')!;
    const path = `/api/v3/flows/executor/default-provider-authorization-explicit-consent/?execution=${execution}`;
    const { body } = await browser.request('GET', path);
    const wrong = await browser.request('POST', path, {
      body: { component: 'ak-stage-consent', token: 'guessed' },
    });
    expect(wrong.body.component).toBe('ak-stage-consent');
    const foreign = await signedIn();
    const stolen = await foreign.request('POST', path, {
      body: { component: 'ak-stage-consent', token: body.token },
    });
    expect(stolen.body.component).not.toBe('xak-flow-redirect');
  });
});

describe('a provider', () => {
  it('switched off in between refuses what was begun', async () => {
    const changing = await createRelyingParty(product);
    const browser = new Client(product.baseUrl);
    const { code } = await obtainCode(browser, product, changing, jane);
    await product.run(changeModelCommand(oauth2Provider as unknown as Model), {
      id: changing.providerId,
      values: { grantTypes: ['client_credentials'] },
    });
    const answer = await post(browser, '/application/o/token/', {
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      code_verifier: newPkce().verifier,
      client_id: changing.clientId,
      client_secret: changing.clientSecret!,
    });
    expect(answer.body.error).toBe('unauthorized_client');
  });
});
