import { ensureBuilt } from '../../bin/build.mjs';

/** What a browser is to load must have been built; a build of the same sources is used again. */
export default function setup(): void {
  if (!ensureBuilt()) throw new Error('the interface cannot be built');
}
