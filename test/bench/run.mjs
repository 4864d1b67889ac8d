// Measures the product against what the machine can do: npm run bench [-- names] [--json] [--rounds=5] [--seconds=3] [--accept]
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../../bin/build.mjs';

const acceptedFile = fileURLToPath(new URL('accepted.json', import.meta.url));
const tolerated = 0.15;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    accept: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
  },
});
if (!ensureBuilt()) process.exit(1);

const { startPostgres } = await import('./postgres.mjs');
const benches = await Promise.all(
  ['append', 'read-log', 'requests', 'delivery', 'start-up', 'rebuild', 'audit', 'siem-export'].map(
    (name) => import(`./${name}.mjs`),
  ),
);
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no bench ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(1);
}

const results = [];
for (const bench of benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  process.stderr.write(`${bench.name} ...\n`);
  const postgres = await startPostgres();
  try {
    const rows = await bench.run({
      postgres,
      rounds: Number(options.rounds),
      seconds: Number(options.seconds),
    });
    for (const row of rows) {
      const goal = bench.goals.find(({ figure }) => figure === row.scenario);
      results.push({
        bench: bench.name,
        ...row,
        ...(goal
          ? { goal: goal.goal, must: goal.must, aim: goal.aim, most: goal.most, least: goal.least }
          : {}),
      });
    }
  } finally {
    await postgres.stop();
  }
}

const accepted = JSON.parse(readFileSync(acceptedFile, 'utf8'));
/** The ratio to judge by: of processor time where it was counted, since that hardly depends on what else runs here. */
const steadyRatio = ({ ratio, cpuRatio }) => cpuRatio ?? ratio;

const keyOf = ({ bench, scenario }) => `${bench}: ${scenario}`;
for (const result of results) {
  const before = accepted[keyOf(result)];
  if (
    steadyRatio(result) !== undefined &&
    before !== undefined &&
    steadyRatio(result) < before * (1 - tolerated)
  )
    result.dropped = `was ${before}`;
}
if (options.accept) {
  for (const result of results)
    if (steadyRatio(result) !== undefined && result.goal !== undefined)
      accepted[keyOf(result)] = Number(steadyRatio(result).toFixed(3));
  writeFileSync(acceptedFile, `${JSON.stringify(accepted, null, 2)}\n`);
}

/** Whether a goal is met: by ratio to a floor, or by a figure of its own. */
const verdict = (result) => {
  const { value, must, aim, most, least, dropped } = result;
  const ratio = steadyRatio(result);
  const judged =
    most !== undefined || least !== undefined
      ? value <= (most ?? Infinity) && value >= (least ?? 0)
        ? `met (${most === undefined ? `at least ${least}` : `at most ${most}`})`
        : `MISSED (${most === undefined ? `at least ${least}` : `at most ${most}`})`
      : ratio === undefined || (must === undefined && aim === undefined)
        ? ''
        : aim !== undefined && ratio >= aim
          ? `aim ${aim} met`
          : must !== undefined && ratio >= must
            ? `must ${must} met${aim === undefined ? '' : `, aim ${aim} not`}`
            : `MISSED (must ${must ?? '-'}, aim ${aim})`;
  return dropped ? `${judged} DROPPED, ${dropped}` : judged;
};

const text = (number, digits = 1) =>
  number === undefined
    ? ''
    : number.toLocaleString('en', {
        maximumFractionDigits: number < 10 ? digits + 1 : digits > 1 ? digits : 0,
      });

if (options.json)
  console.log(JSON.stringify({ at: new Date().toISOString(), processors: cpus().length, results }, null, 2));
else {
  console.log(
    '| bench | scenario | per second | ratio to floor | p99 ms | CPU µs each | CPU of floor / its | goal |',
  );
  console.log('| --- | --- | --: | --: | --: | --: | --: | --- |');
  for (const result of results) {
    const rate = result.unit === undefined ? text(result.rate) : `${text(result.value)} ${result.unit}`;
    const floor =
      result.ratio === undefined ? '' : `${result.ratio.toFixed(2)}${result.floor ? ` ${result.floor}` : ''}`;
    console.log(
      `| ${result.bench} | ${result.scenario} | ${rate} | ${floor} | ${text(result.p99Ms)} | ${text(result.cpuUs)} | ${result.cpuRatio === undefined ? '' : result.cpuRatio.toFixed(2)} | ${verdict(result)} |`,
    );
  }
}
