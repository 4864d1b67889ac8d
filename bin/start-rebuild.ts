import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Logger } from '../commands/ports.js';
import { projectRoot } from './configuration.js';

/** Rebuilds a group of read models in a process of its own, which this one does not wait for. How far it is stands in the database. */
export const startRebuild = (group: string, log: Logger): Promise<void> => {
  const child = spawn(
    process.execPath,
    [join(projectRoot, 'bin', 'start.cjs'), 'projections', 'rebuild', group],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: false },
  );
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + String(chunk)).slice(-2000)));
  child.once('close', (code) => {
    if (code !== 0) log.error({ group, code, said }, 'a rebuild of read models has failed');
  });
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
};
