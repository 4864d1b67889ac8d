import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { freePort } from '../../bin/free-port.mjs';
import { browse } from '../support/relying-party.js';

const demoFile = fileURLToPath(new URL('../../bin/demo.mjs', import.meta.url));
const amara = { username: 'amara.okafor', password: 'an open demonstration' };
const admin = { username: 'akadmin', password: 'correct horse battery' };
const startMs = 150_000;

let demo: ChildProcess;
let ports: Record<'http' | 'https' | 'app' | 'hooks', string>;
let baseUrl: string;
let output = '';

const demoFolders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('muniment-demo-'));

beforeAll(async () => {
  const [http, https, app, hooks] = (await Promise.all([1, 2, 3, 4].map(freePort))).map(String);
  ports = { http: http!, https: https!, app: app!, hooks: hooks! };
  baseUrl = `http://localhost:${ports.http}`;
  demo = spawn(process.execPath, [
    demoFile,
    ...Object.entries(ports).flatMap(([name, port]) => [`--${name}`, port]),
  ]);
  demo.stderr?.on('data', (chunk) => (output += String(chunk)));
  await new Promise<void>((resolve, reject) => {
    demo.stdout?.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes('Stop with Ctrl-C')) resolve();
    });
    demo.once('exit', () => {
      reject(new Error(`the demo ended: ${output}`));
    });
  });
}, startMs);
afterAll(async () => {
  if (demo.exitCode !== null) return;
  demo.kill('SIGTERM');
  await once(demo, 'exit');
});

const cookieFrom = (response: Response): string => response.headers.getSetCookie()[0]!.split(';')[0]!;

/** Signs in at the example application as a browser would: there, to the provider, and back. */
const signInAtApp = async (browser: Client): Promise<string> => {
  const app = `http://localhost:${ports.app}`;
  const begin = await fetch(`${app}/sign-in`, { redirect: 'manual' });
  const arrival = await browse(browser, { baseUrl }, begin.headers.get('location')!, amara);
  expect(arrival.challenges).toContain('ak-stage-consent');
  const callback = await fetch(arrival.url, { redirect: 'manual', headers: { cookie: cookieFrom(begin) } });
  expect(callback.status).toBe(303);
  return cookieFrom(callback);
};

/** Waits on the live page's stream for a delivery whose title names something. */
const deliveryAbout = async (name: string): Promise<any> => {
  const stream = await fetch(`http://localhost:${ports.hooks}/live`, { signal: AbortSignal.timeout(20_000) });
  let text = '';
  for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const found = text
      .split('\n\n')
      .slice(0, -1)
      .map((event) => JSON.parse(event.slice('data: '.length)))
      .find((delivery: any) => String(delivery.title).includes(name));
    if (found) return found;
  }
};

describe('the demo', () => {
  it('shows addresses, passwords and a tour', () => {
    for (const text of [baseUrl, ports.app, ports.hooks, amara.password, admin.password, '1. Sign in'])
      expect(output).toContain(text);
  });

  it('gives each person the applications of his groups', async () => {
    const library = async (person: typeof amara): Promise<string[]> => {
      const browser = new Client(baseUrl);
      await browser.login(person.username, person.password);
      const { body } = await browser.graphql('{ library { name } }');
      return body.data.library.map((item: any) => item.name as string).sort();
    };
    expect(await library(amara)).toEqual(['Expenses', 'Handbook', 'Source code']);
    expect(await library(admin)).toEqual(['Expenses']);
  });

  it('signs in at the example application, refreshes, signs out, and every step is an event', async () => {
    const browser = new Client(baseUrl);
    const cookie = await signInAtApp(browser);
    const ask = (path: string, method = 'GET'): Promise<Response> =>
      fetch(`http://localhost:${ports.app}${path}`, { method, redirect: 'manual', headers: { cookie } });
    expect(await (await ask('/')).text()).toContain('amara.okafor@example.com');
    expect((await ask('/refresh', 'POST')).status).toBe(303);
    expect(await (await ask('/')).text()).toMatch(/refreshed so far<\/th><td>1</);
    const leave = await ask('/sign-out', 'POST');
    const arrival = await browse(browser, { baseUrl }, leave.headers.get('location')!);
    expect(arrival.url.href).toBe(`http://localhost:${ports.app}/signed-out`);
    expect(await (await ask('/')).text()).toContain('Nobody is signed in here');

    const auditor = new Client(baseUrl);
    await auditor.login(admin.username, admin.password);
    const { body } = await auditor.graphql(
      `{ auditEntries(first: 50, filter: { where: { field: "actor.label", is: ["amara.okafor"] } }) {
           nodes { action target: targetLabel changes { field after } } } }`,
    );
    const entries: any[] = body.data.auditEntries.nodes;
    for (const [action, target] of [
      ['login', 'amara.okafor'],
      ['authorize_application', 'Expenses'],
      ['logout', 'amara.okafor'],
    ])
      expect(entries).toContainEqual(expect.objectContaining({ action, target }));
    expect(entries).toContainEqual({
      action: 'model_updated',
      target: 'Expenses',
      changes: [{ field: 'scopes', after: ['openid', 'profile', 'email', 'offline_access'] }],
    });
  });

  it('refuses a callback that another browser began', async () => {
    const begin = await fetch(`http://localhost:${ports.app}/sign-in`, { redirect: 'manual' });
    const arrival = await browse(new Client(baseUrl), { baseUrl }, begin.headers.get('location')!, amara);
    const other = await fetch(`http://localhost:${ports.app}/sign-in`, { redirect: 'manual' });
    for (const headers of [{}, { cookie: cookieFrom(other) }]) {
      const answer = await fetch(arrival.url, { redirect: 'manual', headers });
      expect(answer.status).toBe(502);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  it('shows a change with before and after, and sends it as a signed webhook', async () => {
    const auditor = new Client(baseUrl);
    await auditor.login(admin.username, admin.password);
    const { body } = await auditor.graphql('{ applications(first: 1, search: "handbook") { nodes { id } } }');
    const changed = await auditor.graphql(
      `mutation ($id: ID!) { updateApplication(id: $id, input: { description: "Read it." }) { position } }`,
      { id: body.data.applications.nodes[0].id },
    );
    expect(changed.body.errors).toBeUndefined();
    const delivery = await deliveryAbout('Handbook');
    expect(delivery).toMatchObject({ genuine: true });
    const entries = await auditor.graphql(
      `{ auditEntries(first: 1, filter: { actions: ["model_updated"], targetType: "application" }) {
           nodes { targetLabel changes { field before after } } } }`,
    );
    expect(entries.body.data.auditEntries.nodes).toEqual([
      {
        targetLabel: 'Handbook',
        changes: [{ field: 'description', before: 'How we work.', after: 'Read it.' }],
      },
    ]);
  });

  it('shows a forged webhook as refused', async () => {
    const forged = await fetch(`http://localhost:${ports.hooks}/hook`, {
      method: 'POST',
      headers: {
        'webhook-id': 'forged',
        'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
      },
      body: '{"body":"Forged"}',
    });
    expect(forged.status).toBe(401);
    expect(await deliveryAbout('Forged')).toMatchObject({ genuine: false });
  });

  it('stops on a signal and leaves nothing behind', async () => {
    const before = demoFolders().length;
    demo.kill('SIGINT');
    const [code] = (await once(demo, 'exit')) as [number];
    expect(code).toBe(0);
    expect(demoFolders()).toHaveLength(before - 1);
    await expect(fetch(baseUrl)).rejects.toThrow();
  });
});
