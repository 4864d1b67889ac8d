import { t } from '../../messages/t.js';
import type { Measure } from './activity.js';

export const logins: Measure = {
  key: 'logins',
  action: 'login',
  outcome: 'success',
  label: t('stats.logins'),
  colour: 2,
};
export const failedLogins: Measure = {
  key: 'failed_logins',
  action: 'login_failed',
  outcome: 'failure',
  label: t('stats.failed_logins'),
  colour: 3,
};
export const authorizations: Measure = {
  key: 'authorizations',
  action: 'authorize_application',
  outcome: 'success',
  label: t('stats.authorizations'),
  colour: 1,
};
export const refusals: Measure = {
  key: 'refusals',
  action: 'authorize_application',
  outcome: 'failure',
  label: t('stats.refusals'),
  colour: 3,
};
export const usersCreated: Measure = {
  key: 'users_created',
  action: 'user_created',
  outcome: 'success',
  label: t('stats.users_created'),
  colour: 5,
};
