import { calculateJwkThumbprint, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateCertificateCommand } from '../../commands/certificate/generate-certificate.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { verifySsfStreamCommand } from '../../commands/ssf/request-verification.js';
import type { Model } from '../../domain/kernel/model.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import { ssfStream } from '../../domain/ssf/model.js';
import { Client } from '../support/client.js';
import type { Product } from '../support/product.js';
import { everything, only, uris, SignalStage } from '../support/signal-stage.js';
import type { SsfReceiver } from '../support/ssf-receiver.js';

let stage: SignalStage;
let product: Product;
let shop: SsfReceiver;
let forum: SsfReceiver;

beforeAll(async () => {
  stage = await SignalStage.start();
  ({ product, shop, forum } = stage);
});
afterAll(() => stage.stop());
beforeEach(() => stage.clear());

describe('metadata', () => {
  it('stands below the issuer of the installation and of each application', async () => {
    const own = await shop.metadata();
    expect(own).toMatchObject({
      spec_version: '1_0',
      issuer: shop.party.issuer,
      delivery_methods_supported: ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'],
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    });
    expect((await shop.metadata('')).issuer).toBe(product.baseUrl);
    await expect(shop.metadata('/application/o/nowhere/')).rejects.toThrow('404');
  });
});

describe('acceptance 10: the life of a stream', () => {
  it('is made, read, changed, replaced and deleted by its receiver', async () => {
    const { configuration_endpoint: address } = await shop.known();
    const stream = await shop.push([...uris('caep_session_revoked'), 'https://example.com/unknown']);
    expect(stream).toMatchObject({
      iss: shop.party.issuer,
      aud: shop.party.clientId,
      events_supported: everything,
      events_delivered: uris('caep_session_revoked'),
      delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: shop.address },
      min_verification_interval: 60,
    });
    const one = `${address}?stream_id=${stream.stream_id as string}`;
    expect((await shop.call('GET', one)).body).toEqual(stream);
    expect((await shop.call('GET', address)).body).toEqual([stream]);
    const patched = await shop.call('PATCH', address, {
      stream_id: stream.stream_id,
      events_requested: uris('risc_account_disabled'),
    });
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({
      events_delivered: uris('risc_account_disabled'),
      delivery: stream.delivery,
    });
    const replaced = await shop.call('PUT', address, { ...patched.body, delivery: undefined });
    expect(replaced.body.delivery).toEqual({
      method: 'urn:ietf:rfc:8936',
      endpoint_url: `${shop.party.issuer}ssf/streams/${stream.stream_id as string}/poll`,
    });
    const claimed = await shop.call('PATCH', address, { stream_id: stream.stream_id, aud: 'somebody else' });
    expect([claimed.status, claimed.body.description]).toEqual([400, 'aud: Only the transmitter sets aud.']);
    expect((await shop.call('DELETE', one)).status).toBe(204);
    expect((await shop.call('GET', one)).status).toBe(404);
    expect((await shop.call('GET', address)).body).toEqual([]);
  });

  it('each step names its actor in the event log', async () => {
    await shop.push(everything);
    await product.settle();
    const data = await new Client(product.baseUrl).admin(
      '{ auditEntries(first: 50, filter: { actions: ["model_created"] }) { nodes { actor { type label } targetType } } }',
    );
    expect(data.auditEntries.nodes).toContainEqual({
      actor: { type: 'client', label: 'Provider of shop' },
      targetType: 'ssfstream',
    });
  });

  it('needs a token of the client with the right scope', async () => {
    const { configuration_endpoint: address } = await shop.known();
    const bare = await fetch(address);
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="muniment"']);
    expect((await shop.call('GET', address, undefined, 'wrong')).status).toBe(401);
    const reading = await shop.accessToken('ssf.read');
    expect((await shop.call('GET', address, undefined, reading)).status).toBe(200);
    expect((await shop.call('POST', address, {}, reading)).status).toBe(403);
    const neither = await shop.accessToken('openid');
    expect((await shop.call('GET', address, undefined, neither)).status).toBe(403);
    const foreign = await forum.accessToken();
    expect((await shop.call('GET', address, undefined, foreign)).status).toBe(401);
  });

  it('names what is wrong with a request, and has an end to the number of streams', async () => {
    const { configuration_endpoint: address } = await shop.known();
    const bad = { method: 'urn:ietf:rfc:8935', endpoint_url: 'not an address' };
    for (const [body, member] of [
      [{ delivery: bad }, 'endpointUrl'],
      [{ delivery: { method: 'pigeon' } }, 'delivery.method'],
      [{ events_requested: 'all' }, 'events_requested'],
    ] as const) {
      const answer = await shop.call('POST', address, body);
      expect([answer.status, answer.body.err]).toEqual([400, 'invalid_input']);
      expect(answer.body.description).toContain(member);
    }
    for (let count = 0; count < 10; count += 1) await shop.createStream({});
    expect((await shop.call('POST', address, {})).status).toBe(409);
  });

  it('two receivers see and touch nothing of each other', async () => {
    const stream = await shop.createStream({ events_requested: everything });
    const own = await forum.createStream({ events_requested: everything });
    const at = await forum.known();
    const id = stream.stream_id as string;
    expect((await forum.call('GET', at.configuration_endpoint)).body).toEqual([own]);
    for (const answer of [
      await forum.call('GET', `${at.configuration_endpoint}?stream_id=${id}`),
      await forum.call('DELETE', `${at.configuration_endpoint}?stream_id=${id}`),
      await forum.call('PATCH', at.configuration_endpoint, { stream_id: id, description: 'mine' }),
      await forum.call('POST', at.status_endpoint, { stream_id: id, status: 'disabled' }),
      await forum.call('POST', at.verification_endpoint, { stream_id: id }),
      await forum.call('POST', own.delivery.endpoint_url.replace(own.stream_id, id), {}),
    ])
      expect(answer.status).toBe(404);
  });
});

describe('acceptance 10: verification', () => {
  it('brings back the state, no more often than the interval allows', async () => {
    const stream = await shop.push([]);
    const { verification_endpoint: address } = await shop.known();
    const ask = () => shop.call('POST', address, { stream_id: stream.stream_id, state: 'the state' });
    expect((await ask()).status).toBe(204);
    const event = await only(shop, 'verification');
    expect(event.payload).toEqual({ state: 'the state' });
    expect(event.claims['sub_id']).toEqual({ format: 'opaque', id: stream.stream_id });
    expect(event.header).toMatchObject({ alg: 'RS256', typ: 'secevent+jwt' });
    const second = await ask();
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '60']);
  });
});

describe('acceptance 10: keys', () => {
  it.each([
    ['ES256', 'ec', { kty: 'EC', crv: 'P-256' }],
    ['EdDSA', 'ed25519', { kty: 'OKP', crv: 'Ed25519' }],
  ] as const)(
    'a stream whose administrator chose so is signed with %s',
    async (alg, algorithm, published) => {
      const stream = await shop.push([]);
      const { id: signingKey } = await product.run(generateCertificateCommand, { name: alg, algorithm });
      await product.run(changeModelCommand(ssfStream as unknown as Model), {
        id: stream.stream_id,
        values: { signingKey },
      });
      await product.run(verifySsfStreamCommand, { id: stream.stream_id });
      const { header } = await only(shop, 'verification');
      expect(header).toMatchObject({ alg, typ: 'secevent+jwt' });
      const { jwks_uri } = (await shop.known()) as unknown as { jwks_uri: string };
      const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: { kid: string; x5c: string[] }[] };
      const key = keys.find(({ kid }) => kid === header['kid'])!;
      expect(key).toMatchObject({ ...published, alg, use: 'sig' });
      expect(await calculateJwkThumbprint(key as JWK)).toBe(key.kid);
    },
  );

  it('an Ed25519 key signs no tokens of OpenID Connect', async () => {
    const { id: signingKey } = await product.run(generateCertificateCommand, {
      name: 'an Ed25519 key',
      algorithm: 'ed25519',
    });
    await expect(
      product.run(changeModelCommand(oauth2Provider as unknown as Model), {
        id: shop.party.providerId,
        values: { signingKey },
      }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('acceptance 10: subjects', () => {
  it('are taken out and put back by every name that the receiver knows them by', async () => {
    const stream = await shop.push(uris('risc_account_disabled', 'risc_account_enabled'));
    const { userId, username } = await stage.person();
    const { sub } = await stage.signIn(shop, username);
    const at = await shop.known();
    const choose = (address: string, subject: unknown) =>
      shop.call('POST', address, { stream_id: stream.stream_id, subject });
    const names = [
      { format: 'iss_sub', iss: shop.party.issuer, sub },
      { format: 'email', email: `${username}@example.com` },
      { format: 'opaque', id: userId },
      { format: 'complex', user: { format: 'opaque', id: userId } },
    ];
    let active = true;
    const isActive = (): boolean => active;
    const flip = async (): Promise<void> => {
      active = !active;
      await stage.change(userId, { isActive: active });
      await stage.looked(stream);
    };
    for (const name of names) {
      // Somebody who may not sign in cannot be chosen either.
      if (!isActive()) await flip();
      expect((await choose(at.remove_subject_endpoint, name)).status).toBe(204);
      shop.events.length = 0;
      await flip();
      await flip();
      expect(shop.events.filter(({ type }) => type.startsWith('account-'))).toEqual([]);
      expect((await choose(at.add_subject_endpoint, name)).status).toBe(200);
    }
    await flip();
    await only(shop, 'account-disabled');
    for (const unknown of [
      { format: 'email', email: 'nobody@example.com' },
      { format: 'iss_sub', iss: 'https://elsewhere.example.com/', sub },
      { format: 'opaque', id: 'not an id' },
    ])
      expect((await choose(at.add_subject_endpoint, unknown)).status).toBe(404);
    expect((await choose(at.add_subject_endpoint, { format: 'phone_number' })).status).toBe(400);
  });
});
