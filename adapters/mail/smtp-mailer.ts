import nodemailer from 'nodemailer';
import type { MailAnswer, Mailer } from '../../commands/delivery-ports.js';
import { logo } from './logo.js';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string | null;
  readonly password: string | null;
  /** `tls`: STARTTLS is demanded. `ssl`: TLS from the first byte. `auto`: STARTTLS where it is offered, unverified. */
  readonly security: 'auto' | 'tls' | 'ssl';
  readonly timeoutMs: number;
  readonly from: string;
  /** Further certificate that the server may stand on. */
  readonly ca?: string;
}

const connections = 2;
const mailsPerConnection = 100;

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the mail server refused the connection',
  ECONNRESET: 'the mail server broke the connection off',
  ECONNECTION: 'the connection to the mail server was lost',
  ENOTFOUND: 'the mail server is not known by that name',
  EDNS: 'the mail server is not known by that name',
  ETIMEDOUT: 'the mail server did not answer in time',
  EAUTH: 'the mail server refused the sign-in',
  ENOAUTH: 'the mail server refused the sign-in',
  ETLS: 'no secure connection to the mail server came about',
};

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
  readonly message?: string;
}

const isTls = (error: SmtpError): boolean =>
  /^(ERR_TLS|ERR_SSL|CERT|DEPTH|UNABLE|SELF_SIGNED)/.test(error.code ?? '') ||
  /certificate|SSL routines|wrong version number|STARTTLS|TLS/i.test(error.message ?? '');

/** What went wrong in the product's own words: an answer of the server may quote addresses. */
const failureOf = (failure: unknown): MailAnswer => {
  const error = failure as SmtpError;
  const status = error.responseCode ?? null;
  const refused = status !== null && status >= 500;
  if (error.code === 'ETLS')
    return { outcome: 'failed', reason: reasons['ETLS']!, status: null, final: false };
  if (error.code === 'EAUTH' || error.code === 'ENOAUTH')
    return { outcome: 'failed', reason: reasons['EAUTH']!, status, final: false };
  if (status !== null)
    return {
      outcome: 'failed',
      reason: `the mail server answered ${String(status)}`,
      status,
      // A refusal of the greeting or of the session speaks of the server's state and not of this mail.
      final: refused && (error.code === 'EENVELOPE' || error.code === 'EMESSAGE'),
    };
  // What the system says of a socket stands in the text only.
  const system = /\bE[A-Z]{4,}\b/.exec(error.message ?? '')?.[0] ?? '';
  const reason = isTls(error)
    ? reasons['ETLS']!
    : (reasons[system] ?? reasons[error.code ?? ''] ?? 'the mail could not be handed over');
  return { outcome: 'failed', reason, status, final: error.code === 'EENVELOPE' };
};

/** Hands mails to the configured server over a few kept connections. */
export const createSmtpMailer = (options: SmtpOptions): Mailer & { close(): void } => {
  const transport = nodemailer.createTransport({
    pool: true,
    maxConnections: connections,
    maxMessages: mailsPerConnection,
    host: options.host,
    port: options.port,
    secure: options.security === 'ssl',
    requireTLS: options.security === 'tls',
    tls: {
      rejectUnauthorized: options.security !== 'auto',
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    },
    ...(options.username === null ? {} : { auth: { user: options.username, pass: options.password ?? '' } }),
    connectionTimeout: options.timeoutMs,
    greetingTimeout: options.timeoutMs,
    socketTimeout: options.timeoutMs,
    dnsTimeout: options.timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    from: options.from,
    send: async (mail) => {
      try {
        await transport.sendMail({
          from: options.from,
          to: { name: '', address: mail.to },
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: mail.messageId,
          headers: { 'Auto-Submitted': 'auto-generated' },
          attachments: [
            { filename: 'logo.png', content: logo, cid: 'logo@muniment', contentDisposition: 'inline' },
          ],
        });
        return { outcome: 'accepted' };
      } catch (error) {
        return failureOf(error);
      }
    },
    close: () => {
      transport.close();
    },
  };
};

/** Stands where no mail server is configured. */
export const noMailer: Mailer = {
  from: null,
  send: () =>
    Promise.resolve({ outcome: 'failed', reason: 'no mail server is configured', status: null, final: true }),
};
