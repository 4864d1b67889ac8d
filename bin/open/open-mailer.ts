import { createSmtpMailer, noMailer } from '../../adapters/mail/smtp-mailer.js';
import type { Mailer } from '../../commands/delivery-ports.js';
import type { Settings } from '../configuration.js';

/** The mail server that the settings name; without one nothing is sent. */
export const openMailer = (settings: Settings, closers: (() => Promise<unknown>)[]): Mailer => {
  const { MUNIMENT_EMAIL_HOST: host } = settings;
  if (host === undefined) return noMailer;
  const mailer = createSmtpMailer({
    host,
    port: settings.MUNIMENT_EMAIL_PORT,
    username: settings.MUNIMENT_EMAIL_USERNAME ?? null,
    password: settings.MUNIMENT_EMAIL_PASSWORD ?? null,
    security:
      settings.MUNIMENT_EMAIL_USE_SSL === 'on'
        ? 'ssl'
        : settings.MUNIMENT_EMAIL_USE_TLS === 'on'
          ? 'tls'
          : 'auto',
    timeoutMs: settings.MUNIMENT_EMAIL_TIMEOUT * 1000,
    from: settings.MUNIMENT_EMAIL_FROM,
  });
  closers.push(() => {
    mailer.close();
    return Promise.resolve();
  });
  return mailer;
};
