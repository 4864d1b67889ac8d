// A running product to look at: sample organisation, example application, webhook receiver. npm run demo [-- --keep]
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startRelyingParty } from '../docs/examples/relying-party/server.mjs';
import { startWebhookReceiver } from '../docs/examples/webhook-receiver/server.mjs';
import { ensureBuilt } from './build.mjs';
import { fill } from './demo/fill.mjs';
import { tour } from './demo/tour.mjs';

const startFile = fileURLToPath(new URL('start.cjs', import.meta.url));
const adminPassword = 'correct horse battery';
const password = 'an open demonstration';

const { values: options } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
    http: { type: 'string', default: '9000' },
    https: { type: 'string', default: '9443' },
    app: { type: 'string', default: '9100' },
    hooks: { type: 'string', default: '9101' },
  },
});
const at = (port) => `http://localhost:${port}`;
const [baseUrl, appUrl, hooksUrl] = [options.http, options.app, options.hooks].map(at);

const closers = [];
let stopping = false;
const stop = async (code) => {
  if (stopping) return;
  stopping = true;
  for (const close of closers.reverse()) await close();
  process.exit(code);
};

/** One line that changes while things are made; on a pipe only the last line of each kind. */
const progress = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

/** The caller's environment without settings that would lead the demo to an installation of his. */
const cleanEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== 'DATABASE_URL' && !name.startsWith('MUNIMENT_')),
  );

/** Starts the product as `npm start` does, on an empty folder, and waits until it is ready. */
const startProduct = async (folder, token) => {
  const child = spawn(process.execPath, [startFile, 'up'], {
    env: {
      ...cleanEnvironment(),
      MUNIMENT_DATA_DIR: folder,
      MUNIMENT_LISTEN_HTTP: `127.0.0.1:${options.http}`,
      MUNIMENT_LISTEN_HTTPS: `127.0.0.1:${options.https}`,
      MUNIMENT_BOOTSTRAP_PASSWORD: adminPassword,
      MUNIMENT_BOOTSTRAP_EMAIL: 'admin@example.com',
      MUNIMENT_BOOTSTRAP_TOKEN: token,
      MUNIMENT_OUTBOUND_ALLOW: `localhost:${options.hooks}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own: Ctrl-C comes to the demo, which stops the product in order.
    detached: true,
  });
  closers.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  const ended = once(child, 'exit').then(() => {
    if (!stopping) throw new Error('the product ended');
  });
  ended.catch(() => void stop(1));
  await Promise.race([once(child.stdout, 'data'), ended]);
  child.stdout.resume();
};

const run = async () => {
  if (!ensureBuilt()) process.exit(1);
  const folder = await mkdtemp(join(tmpdir(), 'muniment-demo-'));
  if (!options.keep) closers.push(() => rm(folder, { recursive: true, force: true }));
  process.on('SIGINT', () => void stop(0));
  process.on('SIGTERM', () => void stop(0));

  const token = randomBytes(32).toString('base64url');
  const webhook = { url: `${hooksUrl}/hook`, secret: `whsec_${randomBytes(32).toString('base64')}` };
  const receiver = await startWebhookReceiver({ port: Number(options.hooks), secret: webhook.secret });
  closers.push(receiver.close);

  progress('starting');
  await startProduct(folder, token);
  const client = await fill({ baseUrl, token, appUrl, webhook, password, onProgress: progress });
  const party = await startRelyingParty({
    port: Number(options.app),
    baseUrl: appUrl,
    issuer: `${baseUrl}/application/o/expenses/`,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
  });
  closers.push(party.close);
  progress('');
  process.stdout.write(
    tour({
      baseUrl,
      secureUrl: `https://localhost:${options.https}`,
      appUrl,
      hooksUrl,
      password,
      adminPassword,
      folder,
      keep: options.keep,
    }),
  );
};

run().catch((error) => {
  const text =
    error.code === 'EADDRINUSE' ? `port ${error.port} is in use by another program` : error.message;
  process.stderr.write(`demo: ${text}\n`);
  void stop(1);
});
