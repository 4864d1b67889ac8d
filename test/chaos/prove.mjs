import { rmSync } from 'node:fs';
import { runExperiment } from './experiment.mjs';
import { defects } from './inject/alterations.mjs';

const mostRounds = 4;
const killsPerRound = 6;

/**
 * Measures the checker: one deliberate defect after the other goes into the product, and must be found. Returns whether all
 * were.
 */
export const prove = async (options, say) => {
  let caught = 0;
  for (const defect of Object.keys(defects)) {
    let found = null;
    for (let round = 0; round < mostRounds && !found; round += 1) {
      const result = await runExperiment(
        { ...options, faults: ['kill'], kills: killsPerRound, minutes: 1, seed: options.seed + round },
        { defect },
      );
      if (!result.passed) found = { result, round };
      rmSync(result.folder, { recursive: true, force: true, maxRetries: 5 });
    }
    if (found) {
      caught += 1;
      const { violations } = found.result;
      say(
        `caught  ${defect}: ${violations.map(({ rule, count }) => `${rule} (${count})`).join(', ')}\n        e.g. ${violations[0].examples[0]}`,
      );
    } else say(`MISSED  ${defect}`);
  }
  say(`${caught} of ${Object.keys(defects).length} defects were caught`);
  return caught === Object.keys(defects).length;
};
