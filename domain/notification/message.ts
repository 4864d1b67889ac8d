import { summaryOf, titleOf, type AuditEntry } from '../audit/entry.js';
import type { Severity } from '../audit/fact.js';
import type { Notice } from './engine/state.js';
import type { Rule } from './matching.js';

/** A person as receivers of webhooks get to know him. */
export interface MessageUser {
  readonly username: string;
  readonly email: string;
}

/** One notification on its way out of the product. */
export interface NotificationMessage {
  readonly kind: Notice['kind'] | 'test';
  readonly title: string;
  readonly body: string;
  readonly severity: Severity;
  /** For whom it is; null when it is sent once for everybody. */
  readonly recipient: MessageUser | null;
  /** Who caused the event, when it was a person. */
  readonly eventUser: MessageUser | null;
  /** The entry that brought it; null for a test, and when it was the lack of one. */
  readonly event: AuditEntry | null;
  /** What a digest gathers: the first of them. */
  readonly entries: readonly AuditEntry[];
  /** For how many entries it stands. */
  readonly count: number;
  readonly rule: { readonly id: string; readonly name: string } | null;
  readonly at: Date;
  /** The same for what belongs to one alarm. */
  readonly alarm: string;
  /** Where the event log shows it. */
  readonly link: string | null;
}

/** `minutes=10` as people say it: 10 minutes; 1 minute. */
const spoken = (duration: string): string =>
  duration
    .split(';')
    .map((part) => {
      const [unit = '', number = ''] = part.trim().split('=');
      return `${number} ${number === '1' ? unit.replace(/s$/, '') : unit}`;
    })
    .join(' ');

/** What a notice says, in two or three words and in a sentence. */
export const textOfNotice = (
  kind: Notice['kind'],
  rule: Rule,
  entry: AuditEntry | null,
  count: number,
): { readonly title: string; readonly body: string } => {
  const { name, window, digestEvery } = rule.values;
  const last = entry ? ` Last: ${summaryOf(entry)}` : '';
  switch (kind) {
    case 'entry':
      return entry
        ? { title: titleOf(entry), body: summaryOf(entry) }
        : { title: name, body: 'The event log does not show this entry any more.' };
    case 'count':
      return { title: name, body: `${String(count)} or more within ${spoken(window)}.${last}` };
    case 'absence':
      return { title: name, body: `Nothing has met this rule for ${spoken(window)}.` };
    case 'digest':
      return { title: name, body: `${String(count)} in ${spoken(digestEvery ?? window)}.${last}` };
    case 'resolved':
      return { title: name, body: 'It is over.' };
  }
};
