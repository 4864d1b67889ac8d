import type { ActivityEvent } from '../activity/events.js';
import { fact, type AuditFact } from './fact.js';

type Target = NonNullable<AuditFact['target']>;

const changed = (target: Target, before: string, after: string): AuditFact =>
  fact('model_updated', target, { changes: [{ field: 'state', before, after }] });

/** The audit meaning of what happens to a sink beside its settings. */
export const ofSink = (
  type: string,
  target: Target,
  data: Readonly<Record<string, unknown>>,
): AuditFact | null => {
  switch (type) {
    case 'sink.paused':
      return fact('sink_paused', target, { severity: 'warning', context: { state: 'paused' } });
    case 'sink.failing':
      return fact('sink_paused', target, {
        severity: 'alert',
        outcome: 'failure',
        context: {
          state: 'failing',
          since: data['since'],
          message: `A sink fails: ${String(data['failure'])}`,
        },
      });
    case 'sink.disabled':
      return fact('sink_paused', target, {
        severity: 'alert',
        outcome: 'failure',
        context: { state: 'disabled', message: `A sink is disabled: ${String(data['failure'])}` },
      });
    case 'sink.resumed':
      return changed(target, 'paused', 'active');
    case 'sink.recovered':
      return changed(target, 'failing', 'active');
    case 'sink.replay.requested':
      return fact('model_updated', target, {
        severity: 'warning',
        context: { request: 'replay', after: data['after'], until: data['until'], label: data['label'] },
      });
    case 'sink.dead_letter.retried':
    case 'sink.dead_letter.skipped':
      return fact('model_updated', target, {
        context: { request: type.endsWith('retried') ? 'retry' : 'skip', entry: data['entryId'] },
      });
    default:
      return null;
  }
};

/** The audit meaning of facts about sinks. */
export const ofSinkActivity = (
  event: Extract<ActivityEvent, { type: 'activity.sink.refused' | 'activity.sink.tested' }>,
): AuditFact => {
  const target = { type: 'sink', id: event.data.sinkId };
  return event.type === 'activity.sink.refused'
    ? fact('sink_dead_letter', target, {
        severity: 'warning',
        outcome: 'failure',
        context: {
          message: `A sink will not take an entry: ${event.data.failure}`,
          entry: event.data.entryId,
          status: event.data.status,
        },
      })
    : fact('custom_notification_test', target, {
        outcome: event.data.delivered ? 'success' : 'failure',
        context: { message: event.data.message },
      });
};
