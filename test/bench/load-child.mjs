// One load in a process of its own, so that making requests does not slow down answering them. Takes a job over IPC.
import { createHash, randomBytes } from 'node:crypto';
import autocannon from 'autocannon';
import { Client } from 'undici';
import { now, quantile } from './measure.mjs';

/** One virtual user: a connection, cookies, and the way through a sign-in. */
class Browser {
  constructor(origin) {
    this.origin = origin;
    this.client = new Client(origin, { keepAliveTimeout: 30_000 });
    this.cookies = new Map();
  }

  async send(method, path, body, headers = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await this.client.request({
      method,
      path,
      body,
      headers: { ...headers, ...(cookie === '' ? {} : { cookie }) },
    });
    for (const line of [response.headers['set-cookie'] ?? []].flat()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.cookies.set(name, value);
    }
    return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
  }

  json(path, body) {
    return this.send('POST', path, JSON.stringify(body), {
      'content-type': 'application/json',
      origin: this.origin,
    });
  }

  /** Answers a flow until it leads somewhere. */
  async flow(url, user) {
    const slug = url.pathname.split('/')[3];
    const path = `/api/v3/flows/executor/${slug}/?query=${encodeURIComponent(url.search.slice(1))}&execution=`;
    let { text } = await this.send('GET', path + (url.searchParams.get('execution') ?? ''));
    for (;;) {
      const { component, to, flow_info: info } = JSON.parse(text);
      if (component === undefined) throw new Error(`the flow was refused: ${text}`);
      if (component === 'xak-flow-redirect') return new URL(to, url);
      const answer =
        component === 'ak-stage-identification' ? { uid_field: user.username } : { password: user.password };
      ({ text } = await this.json(path + info.execution, { component, ...answer }));
    }
  }

  /** From the authorization request to the tokens. */
  async signIn(target, user) {
    this.cookies.clear();
    const verifier = randomBytes(32).toString('base64url');
    let url = new URL(
      `/application/o/authorize/?${new URLSearchParams({
        client_id: target.clientId,
        response_type: 'code',
        redirect_uri: target.redirectUri,
        scope: target.scope,
        state: 's',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      })}`,
      this.origin,
    );
    while (url.origin === this.origin) {
      if (url.pathname.startsWith('/if/flow/')) url = await this.flow(url, user);
      else {
        const { status, headers, text } = await this.send('GET', url.pathname + url.search);
        if (headers.location === undefined)
          throw new Error(`no way on at ${url.pathname}: ${status} ${text}`);
        url = new URL(headers.location, url);
      }
    }
    return this.token(target, {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code'),
      redirect_uri: target.redirectUri,
      code_verifier: verifier,
    });
  }

  async token(target, form) {
    const { status, text } = await this.send(
      'POST',
      '/application/o/token/',
      new URLSearchParams(form).toString(),
      {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${target.clientId}:${target.clientSecret}`).toString('base64')}`,
      },
    );
    if (status !== 200) throw new Error(`token: ${status} ${text}`);
    return JSON.parse(text);
  }
}

const cannon = async ({ request, origin, connections, seconds }) => {
  const result = await autocannon({ ...request, url: origin + request.path, connections, duration: seconds });
  if (result.errors > 0 || result.non2xx > 0)
    throw new Error(`${request.path}: ${result.errors} errors, ${result.non2xx} refusals`);
  return { operations: result.requests.total, seconds: result.duration, p99Ms: result.latency.p99 };
};

/** Each virtual user repeats one operation. What `refresh` needs is made before the clock runs. */
const people = async ({ job, origin, target, users, connections, seconds }) => {
  const browsers = [];
  for (let index = 0; index < connections; index += 1) {
    const browser = new Browser(origin);
    const user = users[index % users.length];
    browsers.push({ browser, user, tokens: job === 'refresh' ? await browser.signIn(target, user) : null });
  }
  process.send({ started: true });
  const waits = [];
  const start = now();
  await Promise.all(
    browsers.map(async (person) => {
      while (now() - start < seconds) {
        const begun = now();
        if (job === 'login') await person.browser.signIn(target, person.user);
        else
          person.tokens = await person.browser.token(target, {
            grant_type: 'refresh_token',
            refresh_token: person.tokens.refresh_token,
          });
        waits.push(now() - begun);
      }
    }),
  );
  const spent = now() - start;
  await Promise.all(browsers.map(({ browser }) => browser.client.close()));
  return { operations: waits.length, seconds: spent, p99Ms: quantile(waits, 0.99) * 1000 };
};

process.once('message', async (job) => {
  const answer = await (job.request ? (process.send({ started: true }), cannon(job)) : people(job)).catch(
    (error) => ({ error: error.message }),
  );
  process.send(answer, () => process.exit(0));
});
