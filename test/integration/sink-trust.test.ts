import { generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createSelfSigned, type PemPair } from '../../adapters/tls/self-signed.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { testNotificationTransportCommand } from '../../commands/notification/test-notification-transport.js';
import { testSinkCommand } from '../../commands/sink/test-sink.js';
import { certificate } from '../../domain/certificate/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { httpSink } from '../../domain/sink/http/model.js';
import { startProduct, type Product } from '../support/product.js';
import { Receiver, type Received } from '../support/receiver.js';
import { createSink } from '../support/sinks.js';

const sharedSecret = `whsec_${Buffer.from('a secret of thirty-two bytes....').toString('base64')}`;

let product: Product;
let receiver: Receiver;
let server: Server;
let serverPair: PemPair;
let clientPair: PemPair;
/** Names of those who connected. */
const seen: string[] = [];
const made: string[] = [];

beforeAll(async () => {
  receiver = await Receiver.start();
  const names = [
    { type: 'dns' as const, value: 'localhost' },
    { type: 'ip' as const, value: '127.0.0.1' },
  ];
  serverPair = await createSelfSigned({ commonName: 'localhost', days: 2, use: 'server', names });
  clientPair = await createSelfSigned({ commonName: 'muniment', days: 2, use: 'signing' });
  server = createServer(
    {
      key: serverPair.privateKey,
      cert: serverPair.certificate,
      ca: clientPair.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      if (request.socket instanceof TLSSocket)
        seen.push(String(request.socket.getPeerCertificate().subject.CN));
      request.resume();
      response.writeHead(204).end();
    },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  product = await startProduct({
    MUNIMENT_OUTBOUND_ALLOW: `${receiver.target},127.0.0.1:${String((server.address() as AddressInfo).port)}`,
  });
});
afterAll(async () => {
  await product.stop();
  await receiver.stop();
  server.closeAllConnections();
  server.close();
});
afterEach(async () => {
  for (const id of made.splice(0))
    await product.run(deleteModelCommand(httpSink as unknown as Model), { id });
});

const sink = async (values: Record<string, unknown>): Promise<string> => {
  const id = await createSink(product, httpSink, { url: receiver.url('/signed'), ...values });
  made.push(id);
  return id;
};
const change = (model: Model<any>, id: string, values: Record<string, unknown>): Promise<unknown> =>
  product.run(changeModelCommand(model as Model), { id, values });
const signingKey = (): { secret: string; publicKey: KeyObject } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  return { secret: `whsk_${seed.toString('base64')}`, publicKey };
};

/** Whether one of the signatures of version 1a is of a key, by the rules of Standard Webhooks. */
const isSignedBy = ({ headers, body, id }: Received, publicKey: KeyObject): boolean =>
  String(headers['webhook-signature'])
    .split(' ')
    .filter((one) => one.startsWith('v1a,'))
    .some((one) =>
      verify(
        null,
        Buffer.from(`${id}.${String(headers['webhook-timestamp'])}.${body}`),
        publicKey,
        Buffer.from(one.slice('v1a,'.length), 'base64'),
      ),
    );
const isSignedWith = ({ headers, body }: Received, secret: string): boolean => {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
};

it('an HTTP sink signs with Ed25519, and with the secret before for a day after a change', async () => {
  const { secret, publicKey } = signingKey();
  const id = await sink({ signingSecret: sharedSecret });
  await product.run(testSinkCommand, { id });
  await change(httpSink, id, { signingSecret: secret });
  await product.run(testSinkCommand, { id });
  const [first, second] = receiver.at('/signed');
  expect(isSignedWith(first!, sharedSecret)).toBe(true);
  expect(isSignedBy(first!, publicKey)).toBe(false);
  expect(isSignedBy(second!, publicKey)).toBe(true);
  expect(isSignedWith(second!, sharedSecret)).toBe(true);
  await expect(change(httpSink, id, { signingSecret: 'whsk_c2hvcnQ=' })).rejects.toMatchObject({
    fields: [{ path: 'signingSecret' }],
  });
});

it('a webhook transport does the same', async () => {
  const [before, after] = [signingKey(), signingKey()];
  const { id } = await product.run(createModelCommand(notificationTransport as unknown as Model), {
    values: {
      name: 'signed',
      mode: 'webhook',
      webhookUrl: receiver.url('/transport'),
      webhookSecret: before.secret,
    },
  });
  await change(notificationTransport, id, { webhookSecret: after.secret });
  await product.run(testNotificationTransportCommand, { id });
  const [request] = receiver.at('/transport');
  expect(isSignedBy(request!, before.publicKey)).toBe(true);
  expect(isSignedBy(request!, after.publicKey)).toBe(true);
});

it('a receiver that wants to know who connects is shown the chosen certificate', async () => {
  const { id: certificateId } = await product.run(createModelCommand(certificate as unknown as Model), {
    values: { name: 'client', ...clientPair },
  });
  const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  const id = await sink({ url, certificateAuthority: serverPair.certificate });
  expect(await product.run(testSinkCommand, { id })).toMatchObject({ delivered: false });
  await change(httpSink, id, { clientCertificate: certificateId });
  expect(await product.run(testSinkCommand, { id })).toMatchObject({ delivered: true });
  expect(seen).toEqual(['muniment']);
  await change(httpSink, id, { certificateAuthority: null });
  expect(await product.run(testSinkCommand, { id })).toMatchObject({
    delivered: false,
    message: 'The request failed: the certificate of the host is not trusted.',
  });
  await expect(
    product.run(deleteModelCommand(certificate as unknown as Model), { id: certificateId }),
  ).rejects.toMatchObject({ code: 'IN_USE' });
  const { id: publicOnly } = await product.run(createModelCommand(certificate as unknown as Model), {
    values: { name: 'public', certificate: serverPair.certificate },
  });
  await expect(change(httpSink, id, { clientCertificate: publicOnly })).rejects.toMatchObject({
    fields: [{ path: 'clientCertificate', message: 'The certificate has no private key.' }],
  });
});

it('a stored secret is not taken along to another host', async () => {
  const id = await sink({ bearerToken: 'a token' });
  await expect(change(httpSink, id, { url: 'https://elsewhere.example/' })).rejects.toMatchObject({
    fields: [{ path: 'bearerToken' }],
  });
  await change(httpSink, id, { url: receiver.url('/another-path') });
  await change(httpSink, id, { url: 'https://elsewhere.example/', bearerToken: 'another' });
});
