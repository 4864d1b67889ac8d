import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, link, mkdir, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { keyBytes, masterKeyFromText, type MasterKey } from './master-key.js';

/** Where master keys come from. */
export interface KeySource {
  /** All keys at hand, the one that a new store begins with first. Read anew on each call. */
  readonly keys: () => readonly MasterKey[];
  /** Makes a key at random; null where keys come from outside. The first one of a source has the plain name. */
  readonly create: (() => Promise<MasterKey>) | null;
  /** Where a key stands, for people. */
  readonly placeOf: (keyId: string) => string;
}

const readKey = (path: string): readonly MasterKey[] => {
  try {
    return [masterKeyFromText(readFileSync(path, 'utf8'))];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

/** Writes a new key, readable by its owner only. A link either creates the whole file or fails: two starts at once make one key. */
const writeKey = async (path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await chmod(dirname(path), 0o700);
  const draft = `${path}.${String(process.pid)}`;
  await writeFile(draft, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600, flush: true });
  await link(draft, path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await unlink(draft);
};

/** Keys in files: `master.key`, and beside it `master-<id>.key` for each one that came later. */
export const keyFiles = (first: string): KeySource => {
  const folder = dirname(first);
  const extension = extname(first);
  const stem = basename(first, extension);
  const isLater = (name: string): boolean =>
    name.startsWith(`${stem}-`) &&
    name.endsWith(extension) &&
    /^[0-9a-f]{16}$/.test(name.slice(stem.length + 1, name.length - extension.length));
  const fileOf = (keyId: string): string => join(folder, `${stem}-${keyId}${extension}`);
  const keys = (): readonly MasterKey[] =>
    [
      first,
      ...namesIn(folder)
        .filter(isLater)
        .map((name) => join(folder, name)),
    ].flatMap(readKey);
  return {
    keys,
    create: async () => {
      if (readKey(first).length === 0 && keys().length === 0) {
        await writeKey(first);
        return readKey(first)[0]!;
      }
      const draft = join(folder, `${stem}-new${extension}`);
      await unlink(draft).catch(() => undefined);
      await writeKey(draft);
      const key = readKey(draft)[0]!;
      await link(draft, fileOf(key.id));
      await unlink(draft);
      return key;
    },
    placeOf: (keyId) => (readKey(first)[0]?.id === keyId ? first : fileOf(keyId)),
  };
};

/** Keys as texts, such as an environment holds them: the current one, then those before it. */
export const keyTexts = (texts: readonly string[]): KeySource => {
  const keys = texts.map(masterKeyFromText);
  return {
    keys: () => keys,
    create: null,
    placeOf: () => 'MUNIMENT_MASTER_KEY, MUNIMENT_MASTER_KEY_PREVIOUS',
  };
};
