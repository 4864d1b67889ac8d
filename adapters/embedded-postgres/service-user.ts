import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The account under which the bundled Postgres runs when the product itself runs as root. */
export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const candidates = ['postgres', 'nobody'];

/** Postgres refuses to run as root. Null when the product does not run as root. */
export const findServiceUser = (): ServiceUser | null => {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of candidates) {
    const account = accounts.find(([known]) => known === name);
    if (account) return { name, uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new Error(
    `Postgres refuses to run as root, and there is neither of the accounts ${candidates.join(', ')}.`,
  );
};

/** Whether everybody may walk into a folder, so that a service account can reach its data below. */
export const isReachable = (folder: string): boolean => {
  for (let path = folder; ; path = dirname(path)) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
};
