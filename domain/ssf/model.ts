import { choice, choices, duration, maybeRef, ref, secret, text } from '../kernel/field.js';
import { defineModel } from '../kernel/model.js';
import { signalTypes } from './event-types.js';
import { statusChanged, statusChangers, streamStatuses } from './status-changed.js';

export const subjectFormats = ['iss_sub', 'email', 'opaque', 'complex'] as const;

/** What one receiver of shared signals has asked for: which events, about whom, and the way there (SSF 1.0, 8.1.1). */
export const ssfStream = defineModel('ssf_stream', {
  fields: {
    name: text(),
    provider: ref('provider.oauth2', { onDelete: 'cascade', immutable: true }),
    deliveryMethod: choice('SsfDeliveryMethod', ['push', 'poll'], { default: 'poll' }),
    endpointUrl: text({ max: 2000, format: 'http_url', nullable: true }),
    authorizationHeader: secret({ nullable: true }),
    events: choices('SsfEventType', signalTypes, { default: [] }),
    subjectFormat: choice('SsfSubjectFormat', subjectFormats, { default: 'iss_sub' }),
    defaultSubjects: choice('SsfDefaultSubjects', ['ALL', 'NONE'], { default: 'ALL' }),
    signingKey: maybeRef('certificate', { onDelete: 'restrict' }),
    issuer: text({ max: 500, format: 'http_url', nullable: true }),
    minVerificationInterval: duration({ default: 'minutes=1' }),
    inactivityTimeout: duration({ nullable: true }),
    status: choice('SsfStreamStatus', streamStatuses, { default: 'enabled', internal: true }),
    statusReason: text({ max: 500, nullable: true, internal: true }),
    statusChangedBy: choice('SsfStatusChanger', statusChangers, { nullable: true, internal: true }),
    statusChangedAt: text({ nullable: true, internal: true }),
  },
  label: 'name',
  when: {
    endpointUrl: { deliveryMethod: ['push'] },
    authorizationHeader: { deliveryMethod: ['push'] },
  },
  required: ['endpointUrl'],
  permissions: ['verify'],
  specials: { 'ssfstream.status.changed': statusChanged },
  form: [
    {
      title: 'main',
      open: true,
      fields: ['name', 'provider', 'deliveryMethod', 'endpointUrl', 'authorizationHeader', 'events'],
    },
    {
      title: 'protocol',
      fields: [
        'subjectFormat',
        'defaultSubjects',
        'signingKey',
        'issuer',
        'minVerificationInterval',
        'inactivityTimeout',
      ],
    },
  ],
  list: {
    columns: ['name', 'provider', 'deliveryMethod', 'status'],
    filter: ['provider', 'deliveryMethod', 'status'],
    search: ['name'],
    order: ['name'],
  },
});
