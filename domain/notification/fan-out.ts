import type { ConfigView } from '../kernel/config-view.js';
import type { Notice } from './engine/state.js';
import type { Rule } from './matching.js';
import { notificationTransport } from './transport/model.js';

/** Whom a notification is for: a person of the directory, or an address that the rule names. */
export type Recipient =
  { readonly kind: 'user'; readonly userId: string } | { readonly kind: 'address'; readonly hash: string };

/** One message to be: by which transport, and to whom; null when one goes out for all. */
export interface Dispatch {
  readonly transportId: string;
  readonly recipient: Recipient | null;
}

/** The text in which a recipient enters the id of a delivery. */
export const recipientText = (recipient: Recipient | null): string =>
  recipient === null ? '' : recipient.kind === 'user' ? recipient.userId : `address ${recipient.hash}`;

/**
 * What a notice of a rule becomes. Transports that are off, and people without a way by a transport, get nothing. That
 * an alarm is over is told only where alarms are kept open.
 */
export const fanOut = (
  config: ConfigView,
  rule: Rule,
  notice: Notice,
  recipients: readonly Recipient[],
): readonly Dispatch[] => {
  if (recipients.length === 0) return [];
  return rule.values.transports.flatMap((transportId): readonly Dispatch[] => {
    const transport = config.get(notificationTransport, transportId);
    if (!transport?.values.enabled) return [];
    const { mode, sendOnce } = transport.values;
    if (notice.kind === 'resolved' && (mode !== 'pagerduty' || rule.values.digestEvery !== null)) return [];
    if (mode === 'email' && sendOnce) return [{ transportId, recipient: recipients[0]! }];
    if (mode === 'pagerduty' || (sendOnce && mode !== 'local')) return [{ transportId, recipient: null }];
    return recipients
      .filter(({ kind }) => kind === 'user' || mode === 'email')
      .map((recipient) => ({ transportId, recipient }));
  });
};
