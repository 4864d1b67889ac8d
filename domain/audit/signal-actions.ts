import type { SharedSignalEvent } from '../ssf/events.js';
import { fact, type AuditFact } from './fact.js';

/** The audit meaning of what happens to streams of shared signals beside their settings. */
export const ofSignal = (event: SharedSignalEvent): AuditFact => {
  const stream = { type: 'ssfstream', id: event.data.streamId };
  switch (event.type) {
    case 'ssfsubject.added':
    case 'ssfsubject.removed': {
      const added = event.type === 'ssfsubject.added';
      const { userId } = event.data;
      const change = { field: 'subjects', before: added ? null : userId, after: added ? userId : null };
      return fact('model_updated', stream, { changes: [change] });
    }
    case 'activity.signal.requested':
      return fact('system_task_execution', stream, {
        context: { message: 'a verification event was asked for' },
      });
    case 'activity.signal.refused':
      return fact('sink_dead_letter', stream, {
        severity: 'warning',
        outcome: 'failure',
        context: {
          message: `A security event was not taken: ${event.data.failure}`,
          delivery: event.data.deliveryId,
          event: event.data.type,
          attempts: event.data.attempts,
        },
      });
    case 'activity.signal.resent':
      return fact('model_updated', stream, {
        context: { message: 'refused security events were sent again', count: event.data.count },
      });
    default:
      return event satisfies never;
  }
};
