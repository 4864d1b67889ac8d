// Receives signed webhooks, refuses forged ones, and shows what arrives on a live page.
// It runs alone (see README.md) and as part of `npm run demo`.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { livePage } from './page.mjs';
import { isGenuine } from './verify.mjs';

const maxBodyBytes = 256 * 1024;
const kept = 100;

const textOf = async (request) => {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Starts the receiver; `onDelivery` hears of every delivery, genuine or not. */
export const startWebhookReceiver = async ({
  port,
  host = '127.0.0.1',
  secret,
  onDelivery = () => undefined,
}) => {
  const deliveries = [];
  const followers = new Set();
  const handled = new Set();
  let count = 0;

  const publish = (delivery) => {
    deliveries.push(delivery);
    if (deliveries.length > kept) deliveries.shift();
    for (const follower of followers) follower.write(`data: ${JSON.stringify(delivery)}\n\n`);
    onDelivery(delivery);
  };

  const receive = async (request, response) => {
    const text = await textOf(request);
    const id = request.headers['webhook-id'] ?? '';
    const genuine = isGenuine(secret, request.headers, text);
    // A delivery is repeated until it has been answered, so the same id may come again: it is done once.
    if (!genuine || !handled.has(id)) {
      const body = parsed(text);
      publish({
        number: (count += 1),
        id,
        at: new Date().toISOString(),
        genuine,
        title: body?.body ?? body?.text ?? 'A delivery',
        body,
      });
    }
    if (genuine) handled.add(id);
    response.writeHead(genuine ? 204 : 401).end();
  };

  const follow = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    for (const delivery of deliveries) response.write(`data: ${JSON.stringify(delivery)}\n\n`);
    followers.add(response);
    response.on('close', () => followers.delete(response));
  };

  const show = (response) => {
    const nonce = randomBytes(16).toString('base64url');
    response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `default-src 'none'; connect-src 'self'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
      })
      .end(livePage(nonce));
  };

  const server = createServer((request, response) => {
    const { method, url } = request;
    if (method === 'POST' && url === '/hook') {
      receive(request, response).catch(() => response.writeHead(400).end());
    } else if (method === 'GET' && url === '/live') follow(response);
    else if (method === 'GET' && url === '/') show(response);
    else response.writeHead(404).end();
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { WEBHOOK_SECRET, PORT = '9101' } = process.env;
  if (!WEBHOOK_SECRET) {
    console.error('Set WEBHOOK_SECRET.');
    process.exit(1);
  }
  await startWebhookReceiver({
    port: Number(PORT),
    secret: WEBHOOK_SECRET,
    onDelivery: ({ genuine, title }) => console.log(genuine ? title : 'refused: the signature does not fit'),
  });
  console.log(`Listening at http://localhost:${PORT}/, for deliveries at /hook`);
}
