import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithms = {
  ed25519: { name: 'Ed25519' },
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 3072,
  },
} as const;
const dayMs = 86_400_000;

export interface PemPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A self-signed certificate with an EC P-256, Ed25519 or RSA 3072 key, valid from yesterday for `days` days. `use`: what the pair is for. */
export const createSelfSigned = async (options: {
  readonly commonName: string;
  readonly days: number;
  readonly use: 'server' | 'signing';
  readonly algorithm?: keyof typeof algorithms;
  readonly names?: readonly { readonly type: 'dns' | 'ip'; readonly value: string }[];
}): Promise<PemPair> => {
  const algorithm = algorithms[options.algorithm ?? 'ec'];
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)))
        .toString('hex')
        .replace(/^[89a-f]/, '1'),
      name: [{ CN: [options.commonName] }, { O: ['Muniment'] }],
      notBefore: new Date(now - dayMs),
      notAfter: new Date(now + options.days * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        ...(options.use === 'server' ? [new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth])] : []),
        ...(options.names ? [new SubjectAlternativeNameExtension([...options.names])] : []),
      ],
    },
    webcrypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const privateKey = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/(.{64})/g, '$1\n').trim()}\n-----END PRIVATE KEY-----\n`;
  return { certificate: `${certificate.toString('pem')}\n`, privateKey };
};
