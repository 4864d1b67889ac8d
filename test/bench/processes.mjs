// Servers under test and loads, each in a process of its own, bound to a processor where the machine can do that.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from './measure.mjs';

const serverCpu = '0';
const loadCpu = '1';
const canBind = spawnSync('taskset', ['-c', loadCpu, 'true']).status === 0;

const bound = (cpu, argv) => (canBind ? ['taskset', '-c', cpu, ...argv] : argv);
const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Starts a Node program on the processor for servers. */
export const spawnServer = (
  path,
  args = [],
  { env = {}, stdio = ['ignore', 'ignore', 'inherit', 'ipc'] } = {},
) => {
  const [command, ...rest] = bound(serverCpu, [process.execPath, path, ...args]);
  return spawn(command, rest, { stdio, env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } });
};

export const stop = async (child, signal = 'SIGTERM') => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
};

/** Starts one of the floors of floor-server.mjs. */
export const startFloor = async (scenario, env = {}) => {
  const child = spawnServer(file('floor-server.mjs'), [scenario], { env });
  const [{ port }] = await once(child, 'message');
  return { child, origin: `http://127.0.0.1:${port}`, stop: () => stop(child) };
};

/** Runs one load against a server; the cost counts the server's process only. */
export const load = async (server, job) => {
  const [command, ...rest] = bound(loadCpu, [process.execPath, file('load-child.mjs')]);
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.send({ connections: 32, seconds: 3, origin: server.origin, ...job });
  const [first] = await once(child, 'message');
  if (first.error) throw new Error(first.error);
  const before = cpuSeconds(server.child.pid);
  const [{ error, operations, seconds, p99Ms }] = await once(child, 'message');
  if (error) throw new Error(error);
  const cpuUs = ((cpuSeconds(server.child.pid) - before) / operations) * 1e6;
  return { rate: operations / seconds, p99Ms, cpuUs };
};
