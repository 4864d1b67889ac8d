import { join } from 'node:path';
import type { Pool } from 'pg';
import type { KeyRing } from '../../adapters/vault/key-ring.js';
import { keyFiles, keyTexts, type KeySource } from '../../adapters/vault/key-source.js';
import { openKeyRing } from '../../adapters/vault/open-key-ring.js';
import { postgresSubjectKeyStore } from '../../adapters/vault/subject-key-store.js';
import { SubjectKeys } from '../../adapters/vault/subject-keys.js';
import { dataFolder, OperatorError, type Settings } from '../configuration.js';

/** Where the master keys of this installation are. */
export const keySource = (settings: Settings): KeySource => {
  const { MUNIMENT_MASTER_KEY: current, MUNIMENT_MASTER_KEY_PREVIOUS: previous } = settings;
  if (current === undefined)
    return keyFiles(settings.MUNIMENT_MASTER_KEY_FILE ?? join(dataFolder(settings), 'keys', 'master.key'));
  const texts = [current, ...(previous ?? '').split(',').filter((text) => text.trim() !== '')];
  for (const text of texts)
    if (Buffer.from(text, 'base64').length !== 32)
      throw new OperatorError(
        `${text === current ? 'MUNIMENT_MASTER_KEY' : 'MUNIMENT_MASTER_KEY_PREVIOUS'}: write 32 bytes in base64.`,
      );
  return keyTexts(texts);
};

/** Opens the key ring of a store, and the keys of its subjects. Throws `OperatorError` that names a missing key. */
export const openKeys = async (
  pool: Pool,
  settings: Settings,
): Promise<{ readonly ring: KeyRing; readonly subjectKeys: SubjectKeys }> => {
  const source = keySource(settings);
  const ring = await openKeyRing(pool, source).catch((error: unknown) => {
    throw new OperatorError((error as Error).message);
  });
  return { ring, subjectKeys: new SubjectKeys(postgresSubjectKeyStore(pool), ring) };
};
