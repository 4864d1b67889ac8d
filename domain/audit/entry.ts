import type { GeoPlace, Network } from '../kernel/event.js';
import type { AuditAction, AuditChange, Outcome, Severity } from './fact.js';

/** Somebody or something that an entry speaks of, with the name it had at that time. */
export interface AuditParty {
  readonly type: string;
  readonly id: string;
  readonly label: string | null;
}

/** From where a request came, as the trusted end of the proxy chain saw it. */
export interface AuditClient {
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly geo: GeoPlace | null;
  readonly asn: Network | null;
}

/**
 * An entry of the event log in its canonical form: what conditions look at, notifications tell, sinks map and exports hold.
 * Its paths (`actor.label`, `client.geo.country`, `context.message`) are the field names of conditions and of the query box.
 */
export interface AuditEntry {
  readonly id: string;
  /** Place in the log, in decimal: entries are ordered by it and cursors hold it. */
  readonly position: string;
  /** Place in the verifiable log; null until there is one. */
  readonly leafIndex: number | null;
  readonly action: AuditAction;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly reason: string | null;
  /** When it happened, and when the store took it: ISO 8601, UTC. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** Part of the product that raised it, as a dotted name. */
  readonly app: string;
  readonly tenant: 'main';
  readonly brandId: string | null;
  readonly actor: AuditParty;
  /** Whom the actor impersonates. */
  readonly onBehalfOf: AuditParty | null;
  readonly sessionId: string | null;
  readonly target: AuditParty | null;
  readonly client: AuditClient;
  readonly via: string;
  readonly comment: string | null;
  readonly requestId: string | null;
  readonly commandId: string;
  readonly correlationId: string;
  readonly changes: readonly AuditChange[];
  readonly context: Readonly<Record<string, unknown>>;
}

const titles: Readonly<Record<AuditAction, string>> = {
  login: 'Login',
  login_failed: 'Failed login',
  logout: 'Logout',
  user_write: 'User was written to',
  suspicious_request: 'Suspicious request',
  password_set: 'Password set',
  secret_view: 'Secret was viewed',
  secret_rotate: 'Secret was rotated',
  invitation_used: 'Invitation used',
  authorize_application: 'Application authorized',
  source_linked: 'Source linked',
  impersonation_started: 'Impersonation started',
  impersonation_ended: 'Impersonation ended',
  flow_execution: 'Flow execution',
  policy_execution: 'Policy execution',
  policy_exception: 'Policy exception',
  property_mapping_exception: 'Property mapping exception',
  system_task_execution: 'System task execution',
  system_task_exception: 'System task exception',
  system_exception: 'General system exception',
  configuration_error: 'Configuration error',
  configuration_warning: 'Configuration warning',
  model_created: 'Model created',
  model_updated: 'Model updated',
  model_deleted: 'Model deleted',
  email_sent: 'Email sent',
  update_available: 'Update available',
  export_ready: 'Export ready',
  sink_paused: 'Event sink paused',
  sink_dead_letter: 'Event refused by a sink',
  legal_hold_placed: 'Legal hold placed',
  legal_hold_released: 'Legal hold released',
  erasure_completed: 'Personal data erased',
  custom_notification_test: 'Notification test',
};

/** What happened, in two or three words. */
export const titleOf = (entry: Pick<AuditEntry, 'action'>): string => titles[entry.action];

const nameOf = ({ type, id, label }: AuditParty): string =>
  label ?? (type === 'system' || type === 'anonymous' ? type : id);

/** One line on an entry: its own message where it has one, else who did it to what. */
export const summaryOf = (
  entry: Pick<AuditEntry, 'action' | 'reason' | 'actor' | 'target' | 'context'>,
): string => {
  const { message } = entry.context;
  if (typeof message === 'string' && message !== '') return message;
  const target = entry.target === null ? '' : ` – ${entry.target.type} ${nameOf(entry.target)}`;
  const reason = entry.reason === null ? '' : ` (${entry.reason})`;
  return `${titleOf(entry)} by ${nameOf(entry.actor)}${target}${reason}`;
};
