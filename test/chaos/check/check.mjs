import { deliveryRules } from './deliveries.mjs';
import { gather, untilQuiet } from './evidence.mjs';
import { logRules } from './log.mjs';
import { outcomeRules } from './outcomes.mjs';
import { compareResources, probeCredentials, processRules } from './processes.mjs';
import { compareReadModels } from './read-models.mjs';

const shown = 5;

/**
 * Judges what came of an experiment when all faults are off. The log, the read models and the receivers' notes are read; the
 * product is only asked whether what is dead is dead. Returns the violated rules with some examples each, and counts.
 */
export const check = async (stage, { historyFile, faultsFile, base, relyingParty, patience = 1 }) => {
  const violations = [];
  const add = (rule, found) => {
    const all = [...found];
    if (all.length > 0) violations.push({ rule, count: all.length, examples: all.slice(0, shown) });
  };
  add('quiet', await untilQuiet(stage));
  const evidence = { ...(await gather(stage, { historyFile, faultsFile })), patience };
  try {
    for (const rules of [logRules, outcomeRules, deliveryRules, processRules])
      for (const [rule, judge] of Object.entries(rules)) add(rule, judge(evidence));
    add('read models', await compareReadModels(evidence));
    add('credentials', await probeCredentials(evidence, relyingParty));
    add('resources', await compareResources(stage, base));
  } finally {
    await evidence.close();
  }
  const outcome = (phase) => evidence.operations.filter((operation) => operation.phase === phase).length;
  return {
    violations,
    counts: {
      events: evidence.stored.length,
      operations: evidence.operations.length,
      acknowledged: outcome('ok'),
      refused: outcome('fail'),
      unknown: outcome('info'),
      deliveries: evidence.receipts.length,
      repeatedDeliveries:
        evidence.receipts.length - new Set(evidence.receipts.map(({ path, id }) => path + id)).size,
    },
  };
};
