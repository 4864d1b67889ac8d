import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PemPair } from './self-signed.js';

const validDays = 365;
const renewBeforeMs = 14 * 86_400_000;

const readPair = async (folder: string): Promise<PemPair | null> => {
  try {
    const pair = {
      certificate: await readFile(join(folder, 'tls.crt'), 'utf8'),
      privateKey: await readFile(join(folder, 'tls.key'), 'utf8'),
    };
    const { validTo } = new X509Certificate(pair.certificate);
    return new Date(validTo).getTime() - Date.now() > renewBeforeMs ? pair : null;
  } catch {
    return null;
  }
};

/** The certificate of the HTTPS listener: the one in the key folder, or a new self-signed one for this machine. */
export const listenerCertificate = async (folder: string, machineName: string): Promise<PemPair> => {
  const known = await readPair(folder);
  if (known) return known;
  // The certificate library is large: it is loaded only when there is something to make.
  const { createSelfSigned } = await import('./self-signed.js');
  const pair = await createSelfSigned({
    commonName: machineName,
    days: validDays,
    use: 'server',
    names: [
      { type: 'dns', value: 'localhost' },
      { type: 'dns', value: machineName },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
    ],
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, content] of [
    ['tls.key', pair.privateKey],
    ['tls.crt', pair.certificate],
  ] as const) {
    await writeFile(join(folder, `${name}.new`), content, { mode: 0o600, flush: true });
    await rename(join(folder, `${name}.new`), join(folder, name));
  }
  return pair;
};
