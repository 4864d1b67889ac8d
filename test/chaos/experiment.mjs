import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check/check.mjs';
import { readHistory } from './history.mjs';
import { defective } from './inject/environment.mjs';
import { furnish } from './furnish.mjs';
import { runNemesis } from './nemesis.mjs';
import { Stage } from './stage.mjs';

const clients = 6;

/** How an experiment was called, kept beside its history: with it the list of faults is played again. */
const planFile = (folder) => join(folder, 'plan.json');
const faultsFile = (folder) => join(folder, 'faults.jsonl');

/** What is needed to play an experiment again. Throws when the folder holds none. */
export const readPlan = (folder) => {
  if (!existsSync(planFile(folder))) throw new Error(`There is no experiment in ${folder}.`);
  const list = readHistory(faultsFile(folder)).map(({ t: _t, ...fault }) => fault);
  return { ...JSON.parse(readFileSync(planFile(folder), 'utf8')), list };
};

const durations = (stage) => {
  const starts = stage.servers.flatMap(({ startsMs }) => startsMs).sort((left, right) => left - right);
  return {
    starts: starts.length,
    failedStarts: stage.servers.reduce((sum, { failedStarts }) => sum + failedStarts, 0),
    medianStartMs: Math.round(starts[Math.floor(starts.length / 2)] ?? 0),
    longestStartMs: Math.round(starts.at(-1) ?? 0),
  };
};

/**
 * One experiment from the first start to the judgement: clients work, faults are made, everything heals, the checker looks.
 * `defect` is built into the servers. `onProgress` is told of each fault.
 */
export const runExperiment = async (
  options,
  { list, defect, onProgress = () => undefined, patience } = {},
) => {
  const folder = mkdtempSync(join(tmpdir(), 'muniment-chaos-'));
  const { seed, faults, kills, minutes } = options;
  writeFileSync(planFile(folder), JSON.stringify({ seed, faults, kills, minutes }));
  const started = Date.now();
  const armedFile = join(folder, 'armed');
  const environment = defect === undefined ? {} : defective(defect, armedFile);
  const stage = await Stage.open({ folder, seed, faults, environment, short: minutes <= 2 });
  const made = {};
  try {
    const furniture = await furnish(stage);
    const base = { handles: Math.max(...stage.servers.map((server) => server.handles())) };
    writeFileSync(armedFile, '');
    const historyFile = join(folder, 'history.jsonl');
    const work = stage.startClients({ historyFile, clients, run: String(seed), ...furniture });
    await runNemesis(stage, options, {
      file: faultsFile(folder),
      list,
      onFault: (fault) => {
        made[fault.kind] = (made[fault.kind] ?? 0) + 1;
        onProgress({ stage, fault, made });
      },
    });
    await stage.heal();
    await work.stop();
    const { violations, counts } = await check(stage, {
      historyFile,
      faultsFile: faultsFile(folder),
      base,
      relyingParty: furniture.relyingParty,
      patience,
    });
    return {
      folder,
      seed,
      passed: violations.length === 0,
      seconds: Math.round((Date.now() - started) / 1000),
      kills: stage.kills,
      faults: made,
      ...counts,
      ...durations(stage),
      postgresDeaths: stage.cluster.deaths,
      violations,
    };
  } finally {
    await stage.close();
  }
};
