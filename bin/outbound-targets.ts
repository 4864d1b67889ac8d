import { parseTargets } from '../adapters/outbound/targets.js';
import { recordFactCommand } from '../commands/activity/record-fact.js';
import { execute } from '../commands/pipeline.js';
import type { Ports } from '../commands/ports.js';
import { systemContext } from '../commands/system-context.js';

/** Puts on record which targets the operator opened to the product: whoever reads the log must be able to know. */
export const recordOpenTargets = async (ports: Ports, setting: string): Promise<void> => {
  const targets = [...parseTargets(setting)];
  if (targets.length === 0) return;
  await execute(
    ports,
    recordFactCommand,
    { type: 'activity.outbound.opened', data: { targets } },
    systemContext(ports, 'start'),
  );
};
