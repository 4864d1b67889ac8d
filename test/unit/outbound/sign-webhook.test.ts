import { generateKeyPairSync, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signWebhook } from '../../../adapters/outbound/sign-webhook.js';
import { isBrokenSigningKey } from '../../../domain/kernel/webhook-secret.js';
import { Secret } from '../../../domain/kernel/secret.js';

describe('the signature of Standard Webhooks', () => {
  it('equals the test vector of the specification', () => {
    expect(
      signWebhook(new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        timestamp: 1614265330,
        body: '{"test": 2432232314}',
      }),
    ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it.each([
    ['a secret of the standard', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', undefined],
    ['any other text', 'my own text', { format: 'raw' as const }],
  ])('is verified by another implementation with %s', (_what, secret, options) => {
    const timestamp = Math.floor(Date.now() / 1000);
    const body = JSON.stringify({ body: 'äöü – 漢字' });
    const headers = {
      'webhook-id': 'one',
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWebhook(new Secret(secret), { id: 'one', timestamp, body }),
    };
    const receiver = new Webhook(secret, options);
    expect(receiver.verify(body, headers)).toEqual({ body: 'äöü – 漢字' });
    expect(() => receiver.verify(body, { ...headers, 'webhook-id': 'two' })).toThrow();
  });
});

describe('the signature of version 1a', () => {
  it('is that of the Ed25519 key behind whsk_, with and without its public half', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
    const publicHalf = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    for (const bytes of [seed, Buffer.concat([seed, publicHalf])]) {
      const secret = new Secret(`whsk_${bytes.toString('base64')}`);
      const [version, signature = ''] = signWebhook(secret, { id: 'one', timestamp: 7, body: 'ä' }).split(
        ',',
      );
      expect(version).toBe('v1a');
      const bytesOf = (body: string): Buffer => Buffer.from(`one.7.${body}`);
      expect(verify(null, bytesOf('ä'), publicKey, Buffer.from(signature, 'base64'))).toBe(true);
      expect(verify(null, bytesOf('b'), publicKey, Buffer.from(signature, 'base64'))).toBe(false);
    }
  });

  it('is refused to be made of something else after whsk_', () => {
    expect(isBrokenSigningKey('whsk_c2hvcnQ=')).toBe(true);
    expect(isBrokenSigningKey(`whsk_${Buffer.alloc(32).toString('base64')}`)).toBe(false);
    expect(isBrokenSigningKey('whsec_c2hvcnQ=')).toBe(false);
  });
});

describe('the example in the documentation', () => {
  it('tells genuine messages from others', async () => {
    const page = readFileSync(new URL('../../../docs/operations/notifications.md', import.meta.url), 'utf8');
    const [, example = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
    const { isGenuine } = (await import(`data:text/javascript,${encodeURIComponent(example)}`)) as {
      isGenuine: (headers: object, body: string, secret: string) => boolean;
    };
    const signed = (secret: string, timestamp: number): object => ({
      'webhook-id': 'one',
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWebhook(new Secret(secret), { id: 'one', timestamp, body: '{}' }),
    });
    const now = Math.floor(Date.now() / 1000);
    for (const secret of ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'my own text']) {
      expect(isGenuine(signed(secret, now), '{}', secret)).toBe(true);
      expect(isGenuine(signed(secret, now), '{ }', secret)).toBe(false);
      expect(isGenuine(signed(secret, now), '{}', 'another text')).toBe(false);
      expect(isGenuine(signed(secret, now - 600), '{}', secret)).toBe(false);
    }
  });
});
