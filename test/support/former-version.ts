import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The version before, built from its own sources with the libraries of this one. */
export interface FormerVersion {
  /** What starts it: `node <startFile> up`. */
  readonly startFile: string;
  readonly remove: () => void;
}

/** Builds the product as it stood at a commit, in a worktree of its own. */
export const buildFormerVersion = (commit: string): FormerVersion => {
  const folder = join(mkdtempSync(join(tmpdir(), 'muniment-former-')), 'tree');
  const git = (...args: string[]): Buffer => execFileSync('git', args, { cwd: root, stdio: 'pipe' });
  git('worktree', 'add', '--detach', folder, commit);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, [join(folder, 'bin', 'build.mjs')], { cwd: folder, stdio: 'pipe' });
  return {
    startFile: join(folder, 'bin', 'start.cjs'),
    remove: () => {
      git('worktree', 'remove', '--force', folder);
      rmSync(join(folder, '..'), { recursive: true, force: true });
    },
  };
};
