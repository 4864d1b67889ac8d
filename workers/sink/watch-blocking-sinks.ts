import type { Ports } from '../../commands/ports.js';
import type { SinkValues } from '../../commands/sink/load-sink.js';
import type { ConfigObject } from '../../domain/kernel/config-view.js';
import { allowedLagSeconds } from '../../domain/sink/batch-limits.js';
import { sink as family } from '../../domain/sink/family.js';
import { startWokenLoop, type WokenLoop } from '../woken-loop.js';

const everyMs = 1000;

/** Keeps in mind whether a blocking sink is too far behind. One that somebody has paused holds nothing up. To be woken when a sink changes. */
export const watchBlockingSinks = ({ config, sinks, log }: Ports): WokenLoop => {
  const blocking = (): readonly ConfigObject<SinkValues>[] =>
    (config.family(family.family) as unknown as readonly ConfigObject<SinkValues>[]).filter(
      ({ values }) => values.blocking && values.state !== 'paused',
    );

  const tooFarBehind = async (): Promise<string | null> => {
    for (const { id, model, values } of blocking())
      if ((await sinks.records.lagSeconds(id)) > allowedLagSeconds(model.kind ?? '', values))
        return values.name;
    return null;
  };

  return startWokenLoop(
    async () => {
      const before = sinks.blockade.sink;
      const sink = await tooFarBehind();
      sinks.blockade.set(sink);
      if (sink !== null && before === null)
        log.warn({ sink }, 'administrative commands wait for an event sink');
      if (sink === null && before !== null) log.info({ sink: before }, 'administrative commands pass again');
      return blocking().length === 0 ? null : everyMs;
    },
    (error) => {
      log.warn({ err: error }, 'it is not known how far blocking sinks are behind');
    },
  );
};
