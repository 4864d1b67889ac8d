import type { Severity } from '../audit/fact.js';
import type { AuditEntry } from '../audit/entry.js';

/** A person as receivers of webhooks get to know him. */
export interface MessageUser {
  readonly username: string;
  readonly email: string;
}

/** One notification on its way out of the product. `event` is null for the sample of a test. */
export interface NotificationMessage {
  readonly title: string;
  readonly body: string;
  readonly severity: Severity;
  /** For whom it is; null when it is sent once for everybody. */
  readonly recipient: MessageUser | null;
  /** Who caused the event, when it was a person. */
  readonly eventUser: MessageUser | null;
  readonly event: AuditEntry | null;
}
