import type { AuditAction, AuditChange, Outcome, Severity } from '../audit/fact.js';

/** An audit entry as notifications tell it. */
export interface NotifiedEntry {
  readonly id: string;
  readonly action: AuditAction;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly at: string;
  readonly actor: { readonly type: string; readonly id: string; readonly label: string | null };
  readonly target: { readonly type: string; readonly id: string; readonly label: string | null } | null;
  readonly clientIp: string | null;
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
  authorize_application: 'Application authorized',
  impersonation_started: 'Impersonation started',
  impersonation_ended: 'Impersonation ended',
  flow_execution: 'Flow execution',
  system_exception: 'General system exception',
  system_task_exception: 'System task exception',
  configuration_error: 'Configuration error',
  configuration_warning: 'Configuration warning',
  model_created: 'Model created',
  model_updated: 'Model updated',
  model_deleted: 'Model deleted',
  legal_hold_placed: 'Legal hold placed',
  legal_hold_released: 'Legal hold released',
  erasure_completed: 'Personal data erased',
  custom_notification_test: 'Notification test',
};

/** What happened, in two or three words. */
export const titleOf = (entry: Pick<NotifiedEntry, 'action'>): string => titles[entry.action];

const nameOf = (party: {
  readonly type: string;
  readonly id: string;
  readonly label: string | null;
}): string => party.label ?? (party.type === 'system' || party.type === 'anonymous' ? party.type : party.id);

/** One line on an entry: its own message where it has one, else who did it to what. */
export const summaryOf = (
  entry: Pick<NotifiedEntry, 'action' | 'reason' | 'actor' | 'target' | 'context'>,
): string => {
  const { message } = entry.context;
  if (typeof message === 'string' && message !== '') return message;
  const target = entry.target === null ? '' : ` – ${entry.target.type} ${nameOf(entry.target)}`;
  const reason = entry.reason === null ? '' : ` (${entry.reason})`;
  return `${titleOf(entry)} by ${nameOf(entry.actor)}${target}${reason}`;
};
