import { adminToken } from './product.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: any;
}

/** A browser without a screen: keeps cookies, never follows redirects. */
export class Client {
  readonly cookies = new Map<string, string>();
  readonly #baseUrl: string;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  async request(
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.#baseUrl + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(cookie ? { cookie } : {}),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined
        ? {}
        : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    const text = await response.text();
    let body: unknown = null;
    if (/[/+]json\b/.test(response.headers.get('content-type') ?? '')) body = JSON.parse(text);
    return { status: response.status, headers: response.headers, text, body };
  }

  /** Goes through a flow: one answer per challenge. Returns the last challenge. */
  async flow(slug: string, answers: readonly Record<string, unknown>[], query = ''): Promise<Answer> {
    const path = `/api/v3/flows/executor/${slug}/?query=${encodeURIComponent(query)}`;
    let answer = await this.request('GET', path);
    const execution = answer.body?.flow_info?.execution as string;
    for (const response of answers)
      answer = await this.request('POST', `${path}&execution=${execution}`, {
        body: { component: answer.body.component, ...response },
      });
    return answer;
  }

  login(username: string, password: string, query = ''): Promise<Answer> {
    return this.flow('default-authentication-flow', [{ uid_field: username }, { password }], query);
  }

  graphql(
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.request('POST', '/graphql', { body: { query, variables }, headers });
  }

  /** As the first administrator, by API token. */
  async admin(query: string, variables: Record<string, unknown> = {}): Promise<any> {
    const answer = await this.graphql(query, variables, { authorization: `Bearer ${adminToken}` });
    if (answer.body?.errors) throw new Error(JSON.stringify(answer.body.errors));
    return answer.body.data;
  }
}
