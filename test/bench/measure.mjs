// Rounds, medians, ratios, and what a process costs. Absolute rates move with the machine; ratios taken in one run hardly do.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export const now = () => Number(process.hrtime.bigint()) / 1e9;

export const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  return sorted[low] + ((sorted[Math.ceil(at)] ?? sorted[low]) - sorted[low]) * (at - low);
};
export const median = (values) => quantile(values, 0.5);

/**
 * Runs every scenario once per round, in turn, so that noise from outside falls on all alike. A scenario is an async function
 * that answers an object of numbers. Returns the rounds of each.
 */
export const interleave = async (scenarios, rounds) => {
  const seen = Object.fromEntries(Object.keys(scenarios).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const [name, run] of Object.entries(scenarios)) seen[name].push(await run());
  return seen;
};

/** Median over the rounds of one figure. */
export const typical = (rounds, figure) => median(rounds.map((round) => round[figure]));

/** Median over the rounds of a figure divided by the floor of the same round. */
export const ratio = (rounds, floors, figure = 'rate', floorFigure = figure) =>
  median(rounds.map((round, index) => round[figure] / floors[index][floorFigure]));

/** Calls `work` in `writers` loops for some seconds. */
export const loop = async (work, { seconds, writers }) => {
  const waits = [];
  const start = now();
  const end = start + seconds;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (now() < end) {
        const begun = now();
        await work();
        waits.push(now() - begun);
      }
    }),
  );
  return { rate: waits.length / (now() - start), p99Ms: quantile(waits, 0.99) * 1000 };
};

const ticks = Number(execFileSync('getconf', ['CLK_TCK']).toString());

/** Seconds of processor time that a process has used, all threads. */
export const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
};

export const residentMiB = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
