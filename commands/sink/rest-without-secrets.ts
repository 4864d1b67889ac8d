import { sink } from '../../domain/sink/family.js';
import type { Model } from '../../domain/kernel/model.js';
import type { Values } from '../../domain/kernel/model-events.js';

/**
 * A restored object as it comes back when secrets of it are lost: a sink rests until somebody has entered each or set it to
 * null, so that nothing leaves unsigned by mistake; anything else is as it was.
 */
export const restWithoutSecrets = (model: Model, values: Values, lost: readonly string[]): Values =>
  model.family?.name !== sink.family.name || lost.length === 0
    ? values
    : {
        ...values,
        state: 'paused',
        lostSecrets: [...new Set([...(values['lostSecrets'] as readonly string[]), ...lost])],
        stateReason: `It was restored without its secrets. Enter again and resume: ${lost.join(', ')}.`,
      };
