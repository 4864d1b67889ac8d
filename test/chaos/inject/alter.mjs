// Preloaded into a process of the product under test (node --import): changes modules of the build while they are loaded.
// Nothing of it is part of the product, which knows neither the variables nor `chaos`.
import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { crashPoints, defects } from './alterations.mjs';

const { MUNIMENT_CRASH_AT: crashAt, MUNIMENT_DEFECT: defect, MUNIMENT_ARMED: armedFile } = process.env;
for (const name of ['MUNIMENT_CRASH_AT', 'MUNIMENT_DEFECT', 'MUNIMENT_ARMED'])
  Reflect.deleteProperty(process.env, name);

const [point, times = '1'] = (crashAt ?? '').split(':');
const changes = [...(crashPoints[point] ?? []), ...(defects[defect] ?? [])];
if (changes.length === 0) throw new Error(`there is no crash point "${point}" and no defect "${defect}"`);

let left = Number(times);
let armed = false;
globalThis.chaos = {
  point: (name) => {
    if (name === point && (left -= 1) === 0) process.kill(process.pid, 'SIGKILL');
  },
  /** A defect that is there from the first start would spoil what the experiment stands on. */
  armed: () => (armed ||= existsSync(armedFile)),
};
register('./hooks.mjs', import.meta.url, { data: changes });
