import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signWebhook } from '../../../adapters/outbound/sign-webhook.js';
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
