import { groups, logReader, skippedIn } from '../../bin/read-models.js';
import { compareWithFold, type TableDifference } from '../../projections/compare-with-fold.js';
import type { Product } from './product.js';

/** How the read models differ from what the whole log folds into anew, by group. */
export const differencesFromFold = async ({
  core,
}: Product): Promise<Record<string, readonly TableDifference[]>> => {
  const { store, sealer } = core.ports;
  const options = {
    db: core.backgroundDb,
    log: logReader(store, sealer),
    skippedEvents: skippedIn(store, sealer),
  };
  const result: Record<string, readonly TableDifference[]> = {};
  for (const group of groups) {
    const { differences } = await compareWithFold(options, group);
    if (differences.length > 0) result[group.name] = differences;
  }
  return result;
};
