import { rmSync } from 'node:fs';
import { runExperiment } from './experiment.mjs';
import { defects } from './inject/alterations.mjs';

const mostRounds = 4;
const killsPerRound = 4;

/** The rules of which one must be violated: a defect that is found by something else may not have been found at all. */
const caughtBy = {
  'acknowledge-before-append': ['effectsOnce'],
  'checkpoint-outside-the-transaction': ['read models'],
  'no-deduplication': ['effectsOnce', 'commands'],
  'expected-revision-any': ['changes', 'grants'],
  'lanes-without-lock': ['inOrder'],
};

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
      const violation = result.violations.find(({ rule }) => caughtBy[defect].includes(rule));
      if (violation) found = violation;
      rmSync(result.folder, { recursive: true, force: true, maxRetries: 5 });
    }
    if (found) {
      caught += 1;
      say(`caught  ${defect} by ${found.rule} (${found.count}), e.g. ${found.examples[0]}`);
    } else say(`MISSED  ${defect}`);
  }
  say(`${caught} of ${Object.keys(defects).length} defects were caught`);
  return caught === Object.keys(defects).length;
};
