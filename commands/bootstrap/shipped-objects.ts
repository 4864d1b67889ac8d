import { brand } from '../../domain/brand/model.js';
import { group } from '../../domain/directory/group/model.js';
import { flow } from '../../domain/flow/model.js';
import { stageBinding } from '../../domain/flow/stage-binding/model.js';
import type { CreateInput, Fields, Model } from '../../domain/kernel/model.js';
import { scopeMapping } from '../../domain/mapping/scope/model.js';
import { notificationRule } from '../../domain/notification/rule/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { policyBinding } from '../../domain/policy/binding/model.js';
import { builtinPolicy } from '../../domain/policy/builtin/model.js';
import { consentStage } from '../../domain/stage/consent/model.js';
import { identificationStage } from '../../domain/stage/identification/model.js';
import { passwordStage } from '../../domain/stage/password/model.js';
import { prompt } from '../../domain/stage/prompt-field/model.js';
import { promptStage } from '../../domain/stage/prompt/model.js';
import { userLoginStage } from '../../domain/stage/user-login/model.js';
import { userLogoutStage } from '../../domain/stage/user-logout/model.js';
import { userWriteStage } from '../../domain/stage/user-write/model.js';

/** An object that a new installation starts with. It is created once and never written again by the product. */
export interface ShippedObject {
  readonly model: Model;
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The id of a shipped object, by category and name. */
type Reference = (category: string, name: string) => string;

const shipped = <F extends Fields>(model: Model<F>, name: string, values: CreateInput<F>): ShippedObject => ({
  model: model,
  name,
  values: values,
});

/** Scopes that clients know by these names, with the claims each releases. An empty description asks nobody. */
const shippedScopes = [
  { scopeName: 'openid', label: 'OpenID', description: '', claims: {} },
  {
    scopeName: 'email',
    label: 'E-mail address',
    description: 'See your e-mail address',
    claims: { email: 'email', email_verified: 'email_verified' },
  },
  {
    scopeName: 'profile',
    label: 'Profile',
    description: 'See your name, user name and groups',
    claims: {
      name: 'name',
      given_name: 'name',
      preferred_username: 'username',
      nickname: 'username',
      groups: 'groups',
    },
  },
  { scopeName: 'offline_access', label: 'Offline access', description: '', claims: {} },
  { scopeName: 'ssf.read', label: 'Shared signals: read', description: '', claims: {} },
  { scopeName: 'ssf.manage', label: 'Shared signals: manage', description: '', claims: {} },
] as const;

/** What administrators hear of without asking: settings that do not work, failures, everything that is an alert. */
const shippedRules = [
  { name: 'default-notify-configuration-error', field: 'action', is: ['configuration_error'] },
  { name: 'default-notify-update', field: 'action', is: ['update_available'] },
  {
    name: 'default-notify-exception',
    field: 'action',
    is: ['policy_exception', 'property_mapping_exception'],
  },
  { name: 'default-notify-alert', field: 'severity', is: ['alert'] },
];

/** Objects of a new installation, in an order in which each finds what it refers to. */
export const shippedObjects = (idOf: Reference, adminGroup: string): readonly ShippedObject[] => {
  const bind = (
    flowSlug: string,
    stageName: string,
    order: number,
    evaluation: { evaluateOnPlan?: boolean; reEvaluatePolicies?: boolean } = {},
  ): ShippedObject =>
    shipped(stageBinding, `${flowSlug}/${String(order)}`, {
      target: idOf('flow', flowSlug),
      stage: idOf('stage', stageName),
      order,
      ...evaluation,
    });
  return [
    shipped(group, 'administrators', { name: adminGroup, isSuperuser: true }),

    shipped(passwordStage, 'default-authentication-password', { name: 'default-authentication-password' }),
    shipped(identificationStage, 'default-authentication-identification', {
      name: 'default-authentication-identification',
    }),
    shipped(userLoginStage, 'default-authentication-login', { name: 'default-authentication-login' }),
    shipped(userLogoutStage, 'default-invalidation-logout', { name: 'default-invalidation-logout' }),
    shipped(consentStage, 'default-provider-authorization-consent', {
      name: 'default-provider-authorization-consent',
    }),
    shipped(userWriteStage, 'initial-setup-user-write', {
      name: 'initial-setup-user-write',
      userCreationMode: 'never_create',
    }),
    shipped(prompt, 'initial-setup-header', {
      name: 'initial-setup-header',
      fieldKey: 'header',
      label: 'Welcome',
      type: 'static',
      required: false,
      initialValue:
        'Welcome to Muniment. Choose the e-mail address and password of the first administrator, akadmin.',
      order: 100,
    }),
    shipped(prompt, 'initial-setup-email', {
      name: 'initial-setup-email',
      fieldKey: 'email',
      label: 'Email',
      type: 'email',
      placeholder: 'admin@example.com',
      order: 200,
    }),
    shipped(prompt, 'initial-setup-password', {
      name: 'initial-setup-password',
      fieldKey: 'password',
      label: 'Password',
      type: 'password',
      order: 300,
    }),
    shipped(prompt, 'initial-setup-password-repeat', {
      name: 'initial-setup-password-repeat',
      fieldKey: 'password_repeat',
      label: 'Password (repeat)',
      type: 'password',
      order: 301,
    }),
    shipped(promptStage, 'initial-setup-prompt', {
      name: 'initial-setup-prompt',
      fields: [
        'initial-setup-header',
        'initial-setup-email',
        'initial-setup-password',
        'initial-setup-password-repeat',
      ].map((name) => idOf('prompt', name)),
    }),

    shipped(flow, 'default-authentication-flow', {
      name: 'Welcome to Muniment!',
      slug: 'default-authentication-flow',
      title: 'Welcome to Muniment!',
      designation: 'authentication',
    }),
    shipped(flow, 'default-invalidation-flow', {
      name: 'Logout',
      slug: 'default-invalidation-flow',
      title: 'Signed out',
      designation: 'invalidation',
    }),
    shipped(flow, 'default-provider-authorization-explicit-consent', {
      name: 'Authorize application',
      slug: 'default-provider-authorization-explicit-consent',
      title: 'Redirecting to %(app)s',
      designation: 'authorization',
      authentication: 'require_authenticated',
    }),
    shipped(flow, 'default-provider-authorization-implicit-consent', {
      name: 'Authorize application',
      slug: 'default-provider-authorization-implicit-consent',
      title: 'Redirecting to %(app)s',
      designation: 'authorization',
      authentication: 'require_authenticated',
    }),
    shipped(flow, 'initial-setup', {
      name: 'Initial set-up',
      slug: 'initial-setup',
      title: 'Welcome to Muniment!',
      designation: 'stage_configuration',
      deniedAction: 'message',
    }),

    bind('default-authentication-flow', 'default-authentication-identification', 10),
    bind('default-authentication-flow', 'default-authentication-password', 20),
    bind('default-authentication-flow', 'default-authentication-login', 100),
    bind('default-invalidation-flow', 'default-invalidation-logout', 0),
    bind('default-provider-authorization-explicit-consent', 'default-provider-authorization-consent', 0),
    bind('initial-setup', 'initial-setup-prompt', 10),
    bind('initial-setup', 'initial-setup-user-write', 20),
    bind('initial-setup', 'default-authentication-login', 100),

    shipped(builtinPolicy, 'default-authentication-flow-password-stage', {
      name: 'default-authentication-flow-password-stage',
      rule: 'password_not_verified',
    }),
    shipped(builtinPolicy, 'initial-setup-pending', { name: 'initial-setup-pending', rule: 'setup_pending' }),
    shipped(policyBinding, 'default-authentication-flow-password-stage', {
      target: idOf('stagebinding', 'default-authentication-flow/20'),
      policy: idOf('policy', 'default-authentication-flow-password-stage'),
      failureResult: true,
    }),
    shipped(policyBinding, 'initial-setup-pending', {
      target: idOf('flow', 'initial-setup'),
      policy: idOf('policy', 'initial-setup-pending'),
    }),

    ...shippedScopes.map(({ scopeName, label, description, claims }) =>
      shipped(scopeMapping, scopeName, {
        name: label,
        scopeName,
        description,
        claims: Object.entries(claims).map(([claim, source]) => ({ claim, source })),
      }),
    ),

    shipped(notificationTransport, 'default-local-transport', {
      name: 'default-local-transport',
      mode: 'local',
    }),
    shipped(notificationTransport, 'default-email-transport', {
      name: 'default-email-transport',
      mode: 'email',
    }),
    ...shippedRules.map(({ name, field, is }) =>
      shipped(notificationRule, name, {
        name,
        when: { field, is },
        severity: 'alert',
        transports: [
          idOf('notificationtransport', 'default-local-transport'),
          idOf('notificationtransport', 'default-email-transport'),
        ],
        destinationGroup: idOf('group', 'administrators'),
      }),
    ),

    shipped(brand, 'default', {
      domain: 'muniment-default',
      isDefault: true,
      flowAuthentication: idOf('flow', 'default-authentication-flow'),
      flowInvalidation: idOf('flow', 'default-invalidation-flow'),
    }),
  ];
};
