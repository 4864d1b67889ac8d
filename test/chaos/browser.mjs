import { Agent, request } from 'undici';

const deadlineMs = 12_000;

/** An answer did not come: what was asked for may have happened or not. It has not when it never was `sent`. */
export class Unknown extends Error {
  sent = true;
}

/** A browser without a screen that keeps cookies, at one of the servers. */
export class Browser {
  #agent = new Agent({ connections: 4, keepAliveTimeout: 2000 });
  #cookies = new Map();

  constructor(origin) {
    this.origin = origin;
  }

  /** The value of the cookie of the session. */
  get session() {
    return this.#cookies.get('muniment_session') ?? null;
  }

  async send(method, path, { body, headers = {} } = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    try {
      const answer = await request(this.origin + path, {
        method,
        body,
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(deadlineMs),
        headers: { ...headers, ...(cookie === '' ? {} : { cookie }) },
      });
      for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        this.#cookies.set(name, value);
      }
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    } catch (error) {
      const unknown = new Unknown(error.code ?? error.message);
      unknown.sent = error.code !== 'ECONNREFUSED';
      throw unknown;
    }
  }

  json(path, body, headers = {}) {
    return this.send('POST', path, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: this.origin, ...headers },
    });
  }

  form(path, fields, headers = {}) {
    return this.send('POST', path, {
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  }

  /** Answers a flow until it leads somewhere; an answer that is no challenge is handed back. */
  async flow(slug, query, user) {
    const path = `/api/v3/flows/executor/${slug}/?query=${encodeURIComponent(query)}&execution=`;
    let answer = await this.send('GET', path + (new URLSearchParams(query).get('execution') ?? ''));
    for (let step = 0; step < 8; step += 1) {
      if (answer.status !== 200) return { refused: answer };
      const { component, to, flow_info: info } = JSON.parse(answer.text);
      if (component === 'xak-flow-redirect') return { to };
      const asked = { 'ak-stage-identification': { uid_field: user.username }, 'ak-stage-password': user };
      if (asked[component] === undefined) return { refused: answer };
      const { password } = user;
      answer = await this.json(path + info.execution, {
        component,
        ...(component === 'ak-stage-password' ? { password } : asked[component]),
      });
    }
    return { refused: answer };
  }

  close() {
    return this.#agent.destroy();
  }
}
