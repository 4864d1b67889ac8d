import type { RecordedEvent } from '../kernel/event.js';

/** Parts of the product, by the category of the stream that an event stands in. */
const apps: Readonly<Record<string, string>> = {
  user: 'directory.users',
  group: 'directory.groups',
  membership: 'directory.groups',
  role: 'directory.roles',
  session: 'access.sessions',
  token: 'access.tokens',
  grant: 'access.grants',
  consent: 'access.consents',
  application: 'applications',
  provider: 'applications.providers',
  certificate: 'system.certificates',
  brand: 'system.brands',
  settings: 'system.settings',
  keyring: 'system.keys',
  projection: 'system.read_models',
  subject: 'privacy.subjects',
  flow: 'flows',
  stage: 'flows.stages',
  policy: 'policies',
  policybinding: 'policies.bindings',
  notificationrule: 'notifications.rules',
  notificationtransport: 'notifications.transports',
};

/** The same for facts, by what they tell of. */
const factApps: Readonly<Record<string, string>> = {
  login: 'access.logins',
  flow: 'flows',
  request: 'api',
  exception: 'system',
  configuration: 'system.configuration',
  secret: 'system.secrets',
  application: 'applications',
  token: 'access.tokens',
  outbound: 'system.outbound',
  notification: 'notifications',
  audit: 'audit',
  task: 'system.tasks',
};

/** The part of the product that an event comes from, as a dotted name that does not change. */
export const appOf = ({ type, stream }: Pick<RecordedEvent, 'type' | 'stream'>): string => {
  const [category, kind = ''] = type.split('.');
  if (category === 'activity') return factApps[kind] ?? kind;
  const name = stream.slice(0, stream.indexOf('-')).replaceAll('_', '');
  return apps[name] ?? name;
};
