export const auditActions = [
  'login',
  'login_failed',
  'logout',
  'user_write',
  'suspicious_request',
  'password_set',
  'secret_view',
  'secret_rotate',
  'invitation_used',
  'authorize_application',
  'source_linked',
  'impersonation_started',
  'impersonation_ended',
  'flow_execution',
  'policy_execution',
  'policy_exception',
  'property_mapping_exception',
  'system_task_execution',
  'system_exception',
  'system_task_exception',
  'configuration_error',
  'configuration_warning',
  'model_created',
  'model_updated',
  'model_deleted',
  'email_sent',
  'update_available',
  'export_ready',
  'sink_paused',
  'sink_dead_letter',
  'legal_hold_placed',
  'legal_hold_released',
  'erasure_completed',
  'custom_notification_test',
] as const;
export type AuditAction = (typeof auditActions)[number];

export const severities = ['notice', 'warning', 'alert'] as const;
export type Severity = (typeof severities)[number];

export const outcomes = ['success', 'failure'] as const;
export type Outcome = (typeof outcomes)[number];

/** One changed field; secrets show neither value. */
export interface AuditChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What an event means to somebody who reads the event log. */
export interface AuditFact {
  readonly action: AuditAction;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly target: { readonly type: string; readonly id: string } | null;
  /** A name of the target that the event itself tells. */
  readonly label?: string;
  /** What lends its name to a target that has none of its own. */
  readonly namedAfter?: { readonly type: string; readonly id: string };
  readonly reason?: string;
  readonly changes: readonly AuditChange[];
  readonly context: Readonly<Record<string, unknown>>;
}

/** A fact with what most facts have. */
export const fact = (
  action: AuditAction,
  target: AuditFact['target'],
  rest: Partial<AuditFact> = {},
): AuditFact => ({
  action,
  severity: 'notice',
  outcome: 'success',
  target,
  changes: [],
  context: {},
  ...rest,
});
