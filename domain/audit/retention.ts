import type { AuditAction } from './fact.js';

/** Kinds of entries by how long they are worth keeping. */
export const retentionClasses = ['configuration', 'security', 'access', 'debug'] as const;
export type RetentionClass = (typeof retentionClasses)[number];

/** The class of each action. What changes the installation is configuration. */
const classes: Readonly<Record<AuditAction, RetentionClass>> = {
  login: 'access',
  login_failed: 'security',
  logout: 'access',
  user_write: 'configuration',
  suspicious_request: 'security',
  password_set: 'security',
  secret_view: 'security',
  secret_rotate: 'security',
  invitation_used: 'access',
  authorize_application: 'access',
  source_linked: 'configuration',
  impersonation_started: 'security',
  impersonation_ended: 'security',
  flow_execution: 'debug',
  policy_execution: 'debug',
  policy_exception: 'debug',
  property_mapping_exception: 'debug',
  system_task_execution: 'debug',
  system_exception: 'debug',
  system_task_exception: 'debug',
  configuration_error: 'debug',
  configuration_warning: 'configuration',
  model_created: 'configuration',
  model_updated: 'configuration',
  model_deleted: 'configuration',
  email_sent: 'access',
  update_available: 'debug',
  export_ready: 'security',
  sink_paused: 'security',
  sink_dead_letter: 'security',
  legal_hold_placed: 'configuration',
  legal_hold_released: 'configuration',
  erasure_completed: 'configuration',
  custom_notification_test: 'debug',
};

/** Actions of a class. */
export const actionsOf = (wanted: RetentionClass): readonly AuditAction[] =>
  (Object.keys(classes) as AuditAction[]).filter((action) => classes[action] === wanted);

/** Entries that are not kept any longer: those of a class from before a time, but for people under a legal hold. */
export interface Trimming {
  readonly class: RetentionClass;
  readonly before: string;
  /** Position behind which nothing goes. */
  readonly through: string;
  /** People whose entries stay. */
  readonly except: readonly string[];
}
