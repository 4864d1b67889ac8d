import { z } from 'zod';
import type { AuditEntry } from '../../domain/audit/entry.js';
import type { ConfigObject } from '../../domain/kernel/config-view.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { endpointContext } from './endpoint-context.js';
import type { SinkOutcome } from './endpoint.js';
import { loadSink, type SinkValues } from './load-sink.js';
import { openEndpoint } from './open-endpoint.js';
import { recordMaker } from './to-record.js';

const testMs = 20_000;

/** A sample that nobody takes for something that happened. */
const sampleOf = (unit: UnitOfWork, id: string, name: string): AuditEntry => {
  const at = unit.now.toISOString();
  return {
    id: unit.ports.ids.named('event', `${unit.commandId}/sample`),
    position: '0',
    leafIndex: null,
    action: 'custom_notification_test',
    severity: 'notice',
    outcome: 'success',
    reason: null,
    occurredAt: at,
    recordedAt: at,
    app: 'sink',
    tenant: 'main',
    brandId: null,
    actor: { type: unit.context.actor.type, id: unit.context.actor.id, label: null },
    onBehalfOf: null,
    sessionId: null,
    target: { type: 'sink', id, label: name },
    client: { ip: null, userAgent: null, method: null, path: null, geo: null, asn: null },
    via: unit.context.via,
    comment: null,
    requestId: unit.context.requestId,
    commandId: unit.commandId,
    correlationId: unit.context.correlationId,
    changes: [],
    context: { message: 'This is a test of an event sink. Nothing has happened.' },
  };
};

const explain = (outcome: SinkOutcome): { readonly delivered: boolean; readonly message: string } => {
  if (outcome.outcome !== 'delivered') return { delivered: false, message: outcome.failure };
  const refused = outcome.refused[0];
  return refused
    ? { delivered: false, message: refused.failure }
    : { delivered: true, message: 'The receiver has taken the sample.' };
};

/**
 * Sends a marked sample at once and tells what became of it. Permission `test_sink`. Appends `activity.sink.tested`,
 * whatever the outcome. Throws `NOT_FOUND`.
 */
export const testSinkCommand = defineCommand({
  name: 'testSink',
  input: z.strictObject({ id: z.uuid() }),
  access: permission('test_sink'),
  passesBlockade: true,
  run: async (unit, { id }) => {
    const { model, values } = await loadSink(unit, id);
    const object = { ...unit.ports.config.byId(id)!, model, values } as unknown as ConfigObject<SinkValues>;
    const endpoint = openEndpoint(endpointContext(unit.ports), object);
    const signal = AbortSignal.timeout(testMs);
    try {
      const refusal = await endpoint.connect?.(signal);
      const batchId = unit.ports.ids.named('batch', `${unit.commandId}/sample`);
      const record = recordMaker(unit.ports, object)(sampleOf(unit, id, values.name));
      const outcome =
        typeof refusal === 'object'
          ? refusal
          : await endpoint.deliver({ id: batchId, label: 'test', records: [record] }, signal);
      const tested = explain(outcome);
      unit.record({ type: 'activity.sink.tested', data: { sinkId: id, ...tested } });
      return tested;
    } finally {
      await endpoint.close();
    }
  },
});
