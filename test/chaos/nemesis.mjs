import { setTimeout as delay } from 'node:timers/promises';
import { openHistory } from './history.mjs';
import { createRandom } from './random.mjs';
import { faults } from './faults.mjs';

const longestPauseMs = 1500;
/** Of the faults drawn, so many are kills while there are other kinds. */
const killsAmongFaults = 0.75;

/** The faults of a seed, drawn one at a time. */
const drawn = function* (stage, { seed, faults: kinds, kills, minutes }) {
  const random = createRandom(seed);
  const others = kinds.filter((kind) => kind !== 'kill');
  const until = Date.now() + minutes * 60_000;
  while (Date.now() < until && (stage.kills < kills || !kinds.includes('kill'))) {
    const isKill = kinds.includes('kill') && (others.length === 0 || random.chance(killsAmongFaults));
    const kind = isKill ? 'kill' : random.pick(others);
    yield {
      kind,
      pauseMs: random.between(0, longestPauseMs),
      ...faults[kind].draw(random, stage),
    };
  }
};

/**
 * Does to the product what the seed or a list of faults says, one fault after the other, and writes down each before it is
 * made, so that the list alone can be played again.
 */
export const runNemesis = async (stage, options, { file, list, onFault }) => {
  const record = openHistory(file);
  for (const fault of list ?? drawn(stage, options)) {
    await delay(fault.pauseMs);
    record.write(fault);
    onFault(fault);
    await faults[fault.kind].make(stage, fault);
    await stage.mend();
  }
  record.close();
};
