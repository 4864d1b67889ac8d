import type { AuditEntry } from '../audit/entry.js';
import { meets } from '../kernel/condition.js';
import type { ConfigObject, ConfigView } from '../kernel/config-view.js';
import type { StateOf } from '../kernel/model.js';
import { notificationRule } from './rule/model.js';

/** Name under which the product delivers: the actor of everything that delivering causes. */
export const notificationJob = 'notifications';

export type Rule = ConfigObject<StateOf<(typeof notificationRule)['fields']>>;

/** When an entry was made: what its clock said, and where it stands in the log. */
export interface Moment {
  readonly at: Date;
  readonly position: bigint;
}

/** A rule that stands before an entry was there before it, whatever the clocks said; one changed since is judged by its time. */
const wasThere = (rule: Rule, { at, position }: Moment): boolean =>
  rule.position < position || rule.createdAt <= at;

/** Entries that come of delivering notifications: a rule that met them would feed itself. */
const causedByNotification = ({ actor, action }: AuditEntry): boolean =>
  (actor.type === 'system' && actor.id === notificationJob) || action === 'custom_notification_test';

/**
 * Enabled rules that an audit entry meets and that lead somewhere, in an order that does not change. A rule does not
 * look back to what happened before it was made.
 */
export const rulesMetBy = (config: ConfigView, entry: AuditEntry, made: Moment): readonly Rule[] =>
  causedByNotification(entry)
    ? []
    : config
        .all(notificationRule)
        .filter(
          (rule) =>
            rule.values.enabled &&
            wasThere(rule, made) &&
            rule.values.transports.length > 0 &&
            (rule.values.destinationGroup !== null || rule.values.destinationEventUser) &&
            meets(rule.values.when, entry),
        )
        .sort((a, b) => (a.id < b.id ? -1 : 1));

/** The person an entry is about: who did it, or to whom a stranger did it. */
export const eventUserOf = ({ actor, target }: Pick<AuditEntry, 'actor' | 'target'>): string | null => {
  if (actor.type === 'user') return actor.id;
  return actor.type === 'anonymous' && target?.type === 'user' ? target.id : null;
};
