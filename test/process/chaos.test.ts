import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const run = fileURLToPath(new URL('../chaos/run.mjs', import.meta.url));

it('R1, R2, R3, R5, R7: nothing acknowledged is lost or doubled while two servers and Postgres are killed, stopped and cut off', async () => {
  const options = ['--seed=7', '--kills=6', '--minutes=0.6', '--faults=kill,stop,net', '--patience=4'];
  const child = spawn(process.execPath, [run, ...options]);
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code, said).toBe(0);
  expect(said).toMatch(/acknowledged [1-9]\d/);
}, 300_000);
