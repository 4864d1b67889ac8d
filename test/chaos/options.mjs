import { parseArgs } from 'node:util';

/** What can be done to the product. `disk` needs root, `clock` and `redis` a Debian package; see faults.mjs. */
export const kinds = ['kill', 'stop', 'net', 'disk', 'clock', 'redis'];

const usage = `npm run chaos -- [--kills 200] [--minutes 60] [--seed n] [--faults ${kinds.join(',')}]
                 [--replay folder] [--prove] [--patience 1] [--json] [--keep]`;

const number = (text, name) => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name}: write a number.\n${usage}`);
  return value;
};

/** Reads the command line. Throws an error whose text is for people. */
export const readOptions = (argv) => {
  const { values } = parseArgs({
    args: argv,
    options: {
      kills: { type: 'string', default: '200' },
      minutes: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      faults: { type: 'string', default: kinds.join(',') },
      patience: { type: 'string', default: '1' },
      replay: { type: 'string' },
      prove: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const faults = values.faults.split(',').filter(Boolean);
  const unknown = faults.filter((kind) => !kinds.includes(kind));
  if (unknown.length > 0) throw new Error(`--faults: there is no ${unknown.join(', ')}.\n${usage}`);
  return {
    kills: number(values.kills, 'kills'),
    minutes: number(values.minutes, 'minutes'),
    seed: number(values.seed, 'seed'),
    faults,
    /** How many times longer than promised a start may take, on a machine that has other work. */
    patience: number(values.patience, 'patience'),
    replay: values.replay ?? null,
    prove: values.prove,
    json: values.json,
    keep: values.keep,
  };
};
