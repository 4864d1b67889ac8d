import { AwsV4Signer } from 'aws4fetch';
import type { SignAws } from '../../commands/sink-ports.js';

/** Signature Version 4 in headers, the body's digest among what is signed. */
export const signAws: SignAws = async ({ url, method, headers, body }, credentials, now) => {
  const signer = new AwsV4Signer({
    url,
    method,
    headers: { ...headers },
    body: body as BodyInit,
    ...credentials,
    datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ''),
    // The body is not sent by this package, and the storage refuses unsigned ones under object lock.
    allHeaders: false,
  });
  const signed = await signer.sign();
  return Object.fromEntries(signed.headers.entries());
};
