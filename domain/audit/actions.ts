import type { ConsentEvent } from '../access/consent/consent.js';
import type { GrantEvent } from '../access/grant/events.js';
import type { SessionEvent } from '../access/session/events.js';
import type { TokenEvent } from '../access/token/events.js';
import type { ActivityEvent } from '../activity/events.js';
import type { MembershipEvent } from '../directory/membership/events.js';
import type { UserEvent } from '../directory/user/events.js';
import type { RecordedEvent, Via } from '../kernel/event.js';
import type { ProjectionEvent } from '../projection/skipped-events.js';
import type { SettingsEvent } from '../settings/settings.js';
import type { KeyRingEvent } from '../privacy/key-ring-events.js';
import type { SubjectEvent } from '../privacy/events.js';
import type { SharedSignalEvent } from '../ssf/events.js';
import { ofInstallation } from './installation-actions.js';
import { ofNotification } from './notification-actions.js';
import { ofSignal } from './signal-actions.js';
import { ofSubject } from './subject-actions.js';
import { created, ofUser } from './user-actions.js';
import { fact, type AuditFact } from './fact.js';
import { factOfModel, ofSecretView } from './model-facts.js';
import { ofConsent } from './consent-actions.js';
import { ofSinkActivity } from './sink-actions.js';

type Behaviour =
  | UserEvent
  | MembershipEvent
  | SessionEvent
  | GrantEvent
  | ConsentEvent
  | TokenEvent
  | SettingsEvent
  | SubjectEvent
  | KeyRingEvent
  | ProjectionEvent
  | ActivityEvent;

const user = (id: string): { type: string; id: string } => ({ type: 'user', id });

/** The audit meaning of an event of a hand-written aggregate. */
const ofBehaviour = (event: Behaviour, via: Via): AuditFact | null => {
  switch (event.type) {
    case 'user.created':
    case 'user.username.changed':
    case 'user.renamed':
    case 'user.email.changed':
    case 'user.attributes.changed':
    case 'user.moved':
    case 'user.type.changed':
    case 'user.activated':
    case 'user.deactivated':
    case 'user.password.changed':
    case 'user.deleted':
      return ofUser(event, via);
    case 'membership.granted':
    case 'membership.revoked': {
      const granted = event.type === 'membership.granted';
      const change = {
        field: 'users',
        before: granted ? null : event.data.userId,
        after: granted ? event.data.userId : null,
      };
      return fact('model_updated', { type: 'group', id: event.data.groupId }, { changes: [change] });
    }
    case 'session.started':
      return fact('login', user(event.data.userId), {
        severity: event.data.authMethod === 'recovery_key' ? 'alert' : 'notice',
        context: { auth_method: event.data.authMethod, auth_method_args: event.data.authMethodArgs },
      });
    case 'session.ended':
      return fact('logout', user(event.data.userId), { context: { logout_reason: event.data.reason } });
    case 'session.impersonation.started':
      return fact('impersonation_started', user(event.data.targetId), { severity: 'warning' });
    case 'session.impersonation.ended':
      return fact('impersonation_ended', user(event.data.targetId), { context: { cause: event.data.cause } });
    case 'token.created':
      return fact(
        'model_created',
        { type: 'token', id: event.data.tokenId },
        {
          severity: event.data.intent === 'recovery' ? 'alert' : 'notice',
          label: event.data.identifier,
          changes: created(event.data, ['tokenId', 'keyHash']),
        },
      );
    case 'token.used':
      return null;
    case 'token.revoked':
      return fact('model_deleted', { type: 'token', id: event.data.tokenId });
    case 'subject.hold.set':
    case 'subject.hold.released':
    case 'subject.key.rotated':
    case 'subject.shredded':
      return ofSubject(event);
    case 'settings.installed':
    case 'settings.setup.completed':
    case 'settings.restored':
    case 'projection.event.skipped':
    case 'keyring.key.activated':
    case 'keyring.key.retired':
      return ofInstallation(event);
    case 'activity.login.failed':
      return fact('login_failed', event.data.userId === null ? null : user(event.data.userId), {
        severity: 'warning',
        outcome: 'failure',
        reason: event.data.reason,
        context: {
          identifier_hash: event.data.identifierHash,
          stage: event.data.stageId,
          ...(event.data.providerId === null
            ? {}
            : { auth_method: 'oauth_client', provider: event.data.providerId }),
          count: event.data.count,
        },
      });
    case 'activity.flow.finished':
      return fact(
        'flow_execution',
        { type: 'flow', id: event.data.flowId },
        {
          outcome: event.data.outcome === 'completed' ? 'success' : 'failure',
          reason: event.data.outcome,
          context: {
            execution: event.data.executionId,
            stages: event.data.stages,
            application: event.data.applicationId,
            user: event.data.userId,
          },
        },
      );
    case 'activity.request.refused':
      return fact('suspicious_request', event.data.userId === null ? null : user(event.data.userId), {
        severity: 'warning',
        outcome: 'failure',
        reason: event.data.code,
        context: { detail: event.data.detail },
      });
    case 'activity.configuration.failed':
      return fact('configuration_error', null, {
        severity: 'warning',
        outcome: 'failure',
        context: { message: event.data.message, ...event.data.references },
      });
    case 'activity.exception.raised':
      return fact('system_exception', null, {
        severity: 'alert',
        outcome: 'failure',
        context: {
          message: `An error that nobody expected: ${event.data.where}`,
          where: event.data.where,
          ...(event.data.errorId === '' ? {} : { error_id: event.data.errorId }),
        },
      });
    case 'activity.task.failed':
      return fact('system_task_exception', null, {
        severity: 'alert',
        outcome: 'failure',
        context: {
          message: `The task ${event.data.task} has failed: ${event.data.error}`,
          task: event.data.task,
        },
      });
    case 'activity.secret.viewed':
      return ofSecretView(event.data);
    case 'activity.application.authorized':
      return fact(
        'authorize_application',
        { type: 'application', id: event.data.applicationId },
        {
          context: { flow: event.data.flowId, scopes: event.data.scopes.join(' '), user: event.data.userId },
        },
      );
    case 'activity.application.refused':
      return fact(
        'authorize_application',
        { type: 'application', id: event.data.applicationId },
        {
          outcome: 'failure',
          severity: 'warning',
          reason: 'POLICY_DENIED',
          context: { user: event.data.userId },
        },
      );
    case 'activity.token.issued':
      return fact('login', user(event.data.userId), {
        context: {
          auth_method: 'oauth_client_secret',
          application: event.data.applicationId,
          scopes: event.data.scopes.join(' '),
        },
      });
    case 'activity.token.revoked':
      return fact('model_deleted', { type: 'token', id: event.data.tokenId });
    case 'grant.opened':
    case 'grant.refreshed':
      return null;
    case 'grant.revoked':
      return fact(
        'model_deleted',
        { type: 'grant', id: event.data.grantId },
        { context: { cause: event.data.cause, user: event.data.userId } },
      );
    case 'consent.given':
    case 'consent.revoked':
      return ofConsent(event);
    case 'activity.outbound.opened':
      return fact('configuration_warning', null, {
        severity: 'warning',
        context: { message: 'outbound targets opened', targets: event.data.targets },
      });
    case 'activity.audit.exported': {
      const { userId, format, query, from, to } = event.data;
      return fact('export_ready', userId === null ? null : user(userId), {
        severity: 'warning',
        context: { message: 'The event log was exported', format, query, from, to },
      });
    }
    case 'activity.audit.trimmed':
      return fact('system_task_execution', null, {
        context: {
          message: `Entries of class ${event.data.class} from before ${event.data.before} are not kept any longer.`,
          class: event.data.class,
          before: event.data.before,
          held: event.data.except.length,
        },
      });
    case 'activity.email.sent':
    case 'activity.notification.delivered':
    case 'activity.notification.seen':
    case 'activity.notification.unseen':
    case 'activity.notification.trimmed':
    case 'activity.notification.tested':
    case 'activity.notification.handled':
    case 'activity.notification.parked':
      return ofNotification(event);
    case 'activity.sink.refused':
    case 'activity.sink.tested':
      return ofSinkActivity(event);
    default:
      return event satisfies never;
  }
};

const behaviours =
  /^(user|membership|session|token|grant|consent|settings|projection|subject|keyring|activity)\./;
const signals = /^(ssfsubject|activity\.signal)\./;

/** The audit entry that an event stands for; null for events that people need not see. */
export const auditFactOf = (event: RecordedEvent): AuditFact | null => {
  if (signals.test(event.type)) return ofSignal(event as unknown as SharedSignalEvent);
  return behaviours.test(event.type)
    ? ofBehaviour(event as unknown as Behaviour, event.meta.via)
    : factOfModel(event);
};
