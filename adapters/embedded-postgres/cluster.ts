import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.js';
import { exists } from './exists.js';
import type { ServiceUser } from './service-user.js';

const run = promisify(execFile);

export const superuser = 'muniment';

/** The password of the local cluster, made at the first start, readable by its owner only. */
export const clusterPassword = async (path: string): Promise<string> => {
  if (!(await exists(path))) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
  }
  return readFile(path, 'utf8');
};

/** A folder that belongs to the account Postgres runs under. */
export const serviceFolder = async (path: string, runAs: ServiceUser | null): Promise<string> => {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (runAs) await chown(path, runAs.uid, runAs.gid);
  await chmod(path, 0o700);
  return path;
};

/** Makes the cluster when there is none. It is made aside and renamed, so that an interrupted start leaves nothing half done. */
export const ensureCluster = async (options: {
  readonly folder: string;
  readonly binaries: Binaries;
  readonly password: string;
  readonly runAs: ServiceUser | null;
}): Promise<void> => {
  const { folder, binaries, password, runAs } = options;
  if (await exists(join(folder, 'PG_VERSION'))) return;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await serviceFolder(draft, runAs);
  const passwordFile = join(draft, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  const target = join(draft, 'cluster');
  if (runAs) await chown(passwordFile, runAs.uid, runAs.gid);
  await run(
    binaries.initdb,
    [
      `--pgdata=${target}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
    ],
    { ...(runAs ? { uid: runAs.uid, gid: runAs.gid } : {}), cwd: draft },
  );
  await rename(target, folder);
  await rm(draft, { recursive: true, force: true });
};
