// What can go wrong, one kind per entry: it is done to the stage and undone again. Everything goes by process id.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { redisProgram } from '../support/redis-server.mjs';
import { modes } from './proxy.mjs';

const faketimeLibrary = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const jumps = ['-1h', '+1h', '+400d', '-90s'];
const noJump = '+0';

const isRoot = () => process.getuid?.() === 0;

const install = (name) =>
  isRoot() &&
  existsSync('/usr/bin/apt-get') &&
  spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', name], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;

const canMount = () => spawnSync('unshare', ['--mount', 'true']).status === 0;

/** Why a kind of fault cannot be made on this machine, or null. */
export const obstacle = (kind) => {
  if (process.platform !== 'linux' && kind !== 'kill' && kind !== 'net') return 'needs Linux';
  if (kind === 'disk' && !(isRoot() && canMount())) return 'needs root, for a small file system in memory';
  if (kind === 'clock' && !existsSync(faketimeLibrary) && !install('faketime'))
    return 'needs the Debian package faketime';
  if (kind === 'redis' && !existsSync(redisProgram) && !install('redis-server'))
    return 'needs the Debian package redis-server';
  return null;
};

/** What a process needs to have a clock that can be set. */
export const clockEnvironment = (file) => {
  writeFileSync(file, noJump);
  return {
    LD_PRELOAD: faketimeLibrary,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DONT_RESET: '1',
  };
};

const serverOf = (stage, name) => stage.servers.find((server) => server.name === name);

/** Kills of one process or several at the same moment. */
const kill = {
  draw: (random) => ({
    victims: random.pick([['a'], ['b'], ['a'], ['b'], ['postgres'], ['a', 'b'], ['a', 'postgres']]),
    downMs: random.between(0, 400),
  }),
  make: async (stage, { victims, downMs }) => {
    await Promise.all(
      victims.map((victim) =>
        victim === 'postgres' ? stage.cluster.end('SIGKILL') : serverOf(stage, victim).end('SIGKILL'),
      ),
    );
    stage.kills += victims.length;
    await delay(downMs);
    if (victims.includes('postgres')) await stage.cluster.start();
    await Promise.all(
      victims.filter((victim) => victim !== 'postgres').map((victim) => serverOf(stage, victim).start()),
    );
  },
};

const stop = {
  draw: (random, stage) => ({
    victim: random.pick(['a', 'b', 'postgres']),
    ms: random.between(500, stage.longestStopMs),
  }),
  make: async (stage, { victim, ms }) => {
    const target = victim === 'postgres' ? stage.cluster : serverOf(stage, victim);
    target.freeze();
    await delay(ms);
    target.thaw();
  },
};

const net = {
  draw: (random) => ({
    victims: random.pick([['a'], ['b'], ['a', 'b']]),
    mode: random.pick([...modes, 'cut']),
    ms: random.between(500, 6000),
  }),
  make: async (stage, { victims, mode, ms }) => {
    const proxies = victims.map((victim) => stage.proxies[victim]);
    if (mode === 'cut') {
      for (const proxy of proxies) proxy.cutNow();
      return;
    }
    await Promise.all(proxies.map((proxy) => proxy.set(mode)));
    await delay(ms);
    await Promise.all(proxies.map((proxy) => proxy.heal()));
  },
};

/** Postgres may give up for want of space: whoever looks after it starts it again. */
const disk = {
  draw: (random) => ({ ms: random.between(1500, 5000) }),
  make: async (stage, { ms }) => {
    stage.cluster.fillDisk();
    await delay(ms);
    stage.cluster.freeDisk();
    if (!stage.cluster.running) await stage.cluster.start();
  },
};

const clock = {
  draw: (random) => ({
    victims: random.pick([['a'], ['b'], ['a', 'b']]),
    jump: random.pick(jumps),
    ms: random.between(1000, 3000),
  }),
  make: async (stage, { victims, jump, ms }) => {
    for (const victim of victims) writeFileSync(stage.clockFiles[victim], jump);
    await delay(ms);
    for (const victim of victims) writeFileSync(stage.clockFiles[victim], noJump);
  },
};

/** Redis dies and comes back empty, forgets everything while it runs, or answers nobody for a while. */
const redis = {
  draw: (random) => ({
    what: random.pick(['kill', 'kill', 'flush', 'stop']),
    ms: random.between(200, 4000),
  }),
  make: async (stage, { what, ms }) => {
    if (what === 'flush') {
      await stage.redis.flush();
      return;
    }
    if (what === 'kill') {
      await stage.redis.kill();
      stage.kills += 1;
    } else stage.redis.signal('SIGSTOP');
    await delay(ms);
    if (what === 'kill') await stage.redis.start();
    else stage.redis.signal('SIGCONT');
  },
};

export const faults = { kill, stop, net, disk, clock, redis };
