// Breaks the product in every way this machine allows, while clients use it, and judges what is left: npm run chaos
import { rmSync } from 'node:fs';
import { ensureBuilt } from '../../bin/build.mjs';
import { readOptions } from './options.mjs';

const progressMs = 15_000;

let options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
if (!ensureBuilt()) process.exit(1);

const { obstacle } = await import('./faults.mjs');
const { readPlan, runExperiment } = await import('./experiment.mjs');
const { describeResult } = await import('./report.mjs');
const say = (text) => process.stderr.write(`${text}\n`);

/** The kinds of faults that this machine can make; says what is left out. */
const possible = (kinds) =>
  kinds.filter((kind) => {
    const reason = obstacle(kind);
    if (reason !== null) say(`Left out: ${kind}, which ${reason}.`);
    return reason === null;
  });

let told = 0;
const tell = ({ stage, fault, made }) => {
  if (Date.now() - told < progressMs) return;
  told = Date.now();
  const total = Object.values(made).reduce((sum, count) => sum + count, 0);
  say(`kills ${stage.kills}/${options.kills}, faults ${total}, now ${JSON.stringify(fault)}`);
};

const finish = (result) => {
  if (!options.keep && result.passed) rmSync(result.folder, { recursive: true, force: true, maxRetries: 5 });
};

const plan = options.replay === null ? options : readPlan(options.replay);
say(`seed ${plan.seed}`);
if (options.prove) {
  const { prove } = await import('./prove.mjs');
  const caught = await prove({ ...plan, faults: possible(plan.faults) }, say);
  process.exit(caught ? 0 : 1);
}
const result = await runExperiment(
  { ...plan, faults: possible(plan.faults) },
  { ...(plan.list ? { list: plan.list } : {}), onProgress: tell, patience: options.patience },
);
finish(result);
console.log(options.json ? JSON.stringify(result, null, 2) : describeResult(result));
process.exit(result.passed ? 0 : 1);
