// Standard Webhooks: HMAC-SHA256 over "<id>.<timestamp>.<body>", with the secret behind "whsec_".
import { createHmac, timingSafeEqual } from 'node:crypto';

const windowSeconds = 5 * 60;

const keyOf = (secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

/**
 * Whether a delivery comes from who knows the secret, is unchanged and is recent. `body` is the text as it arrived: parsing
 * and printing it again would change bytes. More than one signature stands in the header while a secret is being replaced.
 */
export const isGenuine = (secret, headers, body, now = Date.now()) => {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (!id || !timestamp || !signatures) return false;
  if (!(Math.abs(now / 1000 - Number(timestamp)) <= windowSeconds)) return false;
  const expected = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest();
  return signatures.split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
};
