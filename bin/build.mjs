// Builds the server (tsc) and the user interface (vite) into dist/. Run directly: npm run build
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', 'built');
const sources = [
  'domain',
  'commands',
  'projections',
  'adapters',
  'api',
  'workers',
  'outposts',
  'bin',
  'ui',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'vite.config.ts',
];

const newest = (path) => {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
};

const run = (name, args) => {
  const tool = join(root, 'node_modules', ...name);
  if (!existsSync(tool)) {
    process.stderr.write(
      `muniment: ${name[0]} is not installed; run npm ci (with development dependencies) to build.\n`,
    );
    return false;
  }
  const result = spawnSync(process.execPath, [tool, ...args], { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) process.stderr.write(`${result.stdout}${result.stderr}`);
  return result.status === 0;
};

/** Builds everything anew. False when a step failed; its output is on stderr. */
export const build = () => {
  rmSync(stamp, { force: true });
  mkdirSync(join(root, 'dist'), { recursive: true });
  const built =
    run(['typescript', 'bin', 'tsc'], ['-p', 'tsconfig.json']) &&
    (!existsSync(join(root, 'vite.config.ts')) ||
      run(['vite', 'bin', 'vite.js'], ['build', '--logLevel', 'error']));
  if (built) writeFileSync(stamp, '');
  return built;
};

/** Builds when there is no build, or sources or lock file are newer. */
export const ensureBuilt = () => {
  const at = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (at > 0 && sources.every((path) => newest(join(root, path)) <= at)) return true;
  process.stderr.write('Building (once after each change of the sources) ...\n');
  return build();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(build() ? 0 : 1);
