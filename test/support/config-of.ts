import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { Model } from '../../domain/kernel/model.js';
import { ConfigModel } from '../../projections/config/config-model.js';

export interface GivenObject {
  readonly model: Model<any>;
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A configuration in memory, made of events as the log would hold them. Fields that are left out have their defaults. */
export const configOf = (objects: readonly GivenObject[]): ConfigModel => {
  const config = new ConfigModel();
  config.apply(
    objects.map(({ model, id, values }, index): RecordedEvent => {
      const { specs } = model as Model;
      const defaults = Object.fromEntries(
        Object.entries(specs).map(([name, spec]) => [name, spec.initial ?? null]),
      );
      return {
        position: BigInt(index + 1),
        stream: `${model.category}-${id}`,
        revision: 0,
        id: `event-${id}`,
        type: `${model.category}.created`,
        version: 1,
        data: { ...(model.kind === null ? {} : { kind: model.kind }), ...defaults, ...values },
        meta: {} as RecordedEvent['meta'],
        at: new Date(0),
        recordedAt: new Date(0),
      };
    }),
  );
  return config;
};
