import { AwsV4Signer } from 'aws4fetch';
import type { SignAws } from '../../commands/sink-ports.js';

/** Signature Version 4 in headers, the body's digest among what is signed. */
export const signAws: SignAws = async ({ url, method, headers, body }, credentials, now) => {
  const signer = new AwsV4Signer({
    url,
    method,
    headers: { ...headers },
    body: Buffer.from(body),
    ...credentials,
    datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ''),
  });
  const signed = await signer.sign();
  return Object.fromEntries(signed.headers.entries());
};
