// Goals 15 and 16: how long a start takes, what an idle product costs, and how long its schema takes to build.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuSeconds, median, now, residentMiB } from './measure.mjs';
import { stop } from './processes.mjs';
import { freePort } from '../../bin/free-port.mjs';
import { startFile } from './product.mjs';

const idleSeconds = 10;
const schemaFile = fileURLToPath(new URL('schema-child.mjs', import.meta.url));

/** From the command to the line that says it is ready; with the embedded Postgres, on whatever processor is free. */
const start = async (folder) => {
  const begun = now();
  const child = spawn(process.execPath, [startFile, 'up'], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      MUNIMENT_DATA_DIR: folder,
      MUNIMENT_LISTEN_HTTP: `127.0.0.1:${await freePort()}`,
      MUNIMENT_LISTEN_HTTPS: `127.0.0.1:${await freePort()}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return { child, seconds: now() - begun };
};

const schemaMs = async () => {
  const child = spawn(process.execPath, [schemaFile], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [{ ms }] = await once(child, 'message');
  return ms;
};

export const name = 'start-up';
export const goals = [
  { goal: '15', figure: 'start on an empty folder', unit: 's', most: 15 },
  { goal: '15', figure: 'start on existing data', unit: 's', most: 3 },
  { goal: '16', figure: 'memory when idle', unit: 'MiB', most: 200 },
  { goal: '16', figure: 'processor when idle', unit: '%', most: 1 },
  { goal: '', figure: 'schema of the API', unit: 'ms', most: 300 },
];

export const run = async ({ rounds }) => {
  const seen = Object.fromEntries(goals.map(({ figure }) => [figure, []]));
  for (let round = 0; round < rounds; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), 'muniment-bench-'));
    const first = await start(folder);
    await stop(first.child);
    const second = await start(folder);
    await delay(2000);
    const before = cpuSeconds(second.child.pid);
    await delay(idleSeconds * 1000);
    seen['start on an empty folder'].push(first.seconds);
    seen['start on existing data'].push(second.seconds);
    seen['processor when idle'].push(((cpuSeconds(second.child.pid) - before) / idleSeconds) * 100);
    seen['memory when idle'].push(residentMiB(second.child.pid));
    seen['schema of the API'].push(await schemaMs());
    await stop(second.child);
    await rm(folder, { recursive: true, force: true });
  }
  return goals.map(({ figure, unit }) => ({ scenario: figure, value: median(seen[figure]), unit }));
};
