import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSmtpMailer, type SmtpOptions } from '../../adapters/mail/smtp-mailer.js';
import { createSelfSigned, type PemPair } from '../../adapters/tls/self-signed.js';
import { sendTestEmailCommand } from '../../commands/mail/send-test-email.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import type { Mail } from '../../commands/delivery-ports.js';
import { auditSchema } from '../../projections/audit/table.js';
import { Mailbox } from '../support/mailbox.js';
import { startProduct } from '../support/product.js';

const mail: Mail = {
  to: 'ana@example.com',
  subject: 'Prüfung – ✓',
  text: 'Grüße, Ana',
  html: '<p>Grüße, <b>Ana</b></p><img src="cid:logo@muniment">',
  messageId: '<018f2f6e@example.com>',
};

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const mailbox = async (options: Parameters<typeof Mailbox.start>[0] = {}): Promise<Mailbox> => {
  const started = await Mailbox.start(options);
  stops.push(() => started.stop());
  return started;
};

const mailer = (port: number, options: Partial<SmtpOptions> = {}) => {
  const made = createSmtpMailer({
    host: '127.0.0.1',
    port,
    username: null,
    password: null,
    security: 'auto',
    timeoutMs: 1000,
    from: 'Müniment <muniment@example.com>',
    ...options,
  });
  stops.push(() => {
    made.close();
  });
  return made;
};

let pair: PemPair;
beforeAll(async () => {
  pair = await createSelfSigned({
    commonName: '127.0.0.1',
    days: 1,
    use: 'server',
    names: [{ type: 'ip', value: '127.0.0.1' }],
  });
});

describe('a mail', () => {
  it('arrives as text and HTML, with the sign inline, from and to whom it should', async () => {
    const box = await mailbox();
    expect(await mailer(box.port).send(mail)).toEqual({ outcome: 'accepted' });
    const [got] = box.mails;
    expect(got!.to).toEqual(['ana@example.com']);
    expect(got!.mail).toMatchObject({
      subject: mail.subject,
      messageId: mail.messageId,
      from: { name: 'Müniment', address: 'muniment@example.com' },
    });
    expect(got!.mail.text?.trim()).toBe(mail.text);
    expect(got!.mail.html).toContain('<b>Ana</b>');
    expect(got!.mail.attachments).toMatchObject([{ mimeType: 'image/png', contentId: '<logo@muniment>' }]);
    expect(got!.mail.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
  });

  it('goes to the one address only, however it is written', async () => {
    const box = await mailbox();
    await mailer(box.port).send({ ...mail, to: 'ana@example.com, eve@example.com' });
    await mailer(box.port).send({ ...mail, to: 'ana@example.com\r\nBcc: eve@example.com' });
    expect(box.mails.flatMap(({ to }) => to)).not.toContain('eve@example.com');
  });

  it('travels encrypted over STARTTLS and over TLS when the certificate is good', async () => {
    const server = { key: pair.privateKey, cert: pair.certificate };
    for (const [security, secure] of [
      ['tls', false],
      ['ssl', true],
    ] as const) {
      const seen: boolean[] = [];
      const box = await mailbox({
        ...server,
        secure,
        onMailFrom: (_address, session, callback) => {
          seen.push(session.secure);
          callback();
        },
      });
      expect(await mailer(box.port, { security, ca: pair.certificate }).send(mail)).toEqual({
        outcome: 'accepted',
      });
      expect(seen).toEqual([true]);
    }
  });

  it('signs in, and says so when it is not let in', async () => {
    const box = await mailbox({
      authMethods: ['PLAIN', 'LOGIN'],
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, callback) => {
        if (username === 'muniment' && password === 'right') callback(null, { user: username });
        else callback(new Error('wrong ana@example.com'));
      },
    });
    const login = { username: 'muniment', password: 'right' };
    expect(await mailer(box.port, login).send(mail)).toEqual({ outcome: 'accepted' });
    expect(await mailer(box.port, { ...login, password: 'wrong' }).send(mail)).toMatchObject({
      outcome: 'failed',
      reason: 'the mail server refused the sign-in',
      final: false,
    });
  });
});

describe('R5: a mail server that fails', () => {
  it('refuses the connection', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(await mailer(port).send(mail)).toMatchObject({
      outcome: 'failed',
      reason: 'the mail server refused the connection',
      final: false,
    });
  });

  it('answers 4xx: the same mail may be tried again, and then arrives', async () => {
    const box = await mailbox();
    box.refuse = (attempt) => (attempt === 1 ? { code: 451, text: 'later, ana@example.com' } : null);
    const sender = mailer(box.port);
    expect(await sender.send(mail)).toEqual({
      outcome: 'failed',
      reason: 'the mail server answered 451',
      status: 451,
      final: false,
    });
    expect(await sender.send(mail)).toEqual({ outcome: 'accepted' });
    expect(box.mails[0]!.mail.messageId).toBe(mail.messageId);
  });

  it('answers 5xx: nothing is gained by trying again', async () => {
    const box = await mailbox();
    box.refuse = () => ({ code: 550, text: 'unknown ana@example.com' });
    expect(await mailer(box.port).send(mail)).toEqual({
      outcome: 'failed',
      reason: 'the mail server answered 550',
      status: 550,
      final: true,
    });
  });

  it('never answers', async () => {
    const box = await mailbox();
    box.silent = true;
    expect(await mailer(box.port).send(mail)).toMatchObject({
      outcome: 'failed',
      reason: 'the mail server did not answer in time',
      final: false,
    });
  });

  it.each(['tls', 'ssl'] as const)(
    'has a certificate that nobody trusts (%s): nothing is sent',
    async (security) => {
      const box = await mailbox({
        key: pair.privateKey,
        cert: pair.certificate,
        secure: security === 'ssl',
      });
      expect(await mailer(box.port, { security }).send(mail)).toMatchObject({
        outcome: 'failed',
        reason: 'no secure connection to the mail server came about',
        final: false,
      });
      expect(box.mails).toEqual([]);
    },
  );

  it('offers no STARTTLS where it is demanded: nothing is sent', async () => {
    const box = await mailbox();
    expect(await mailer(box.port, { security: 'tls' }).send(mail)).toMatchObject({
      outcome: 'failed',
      reason: 'no secure connection to the mail server came about',
    });
    expect(box.mails).toEqual([]);
  });
});

describe('a test mail', () => {
  it('is on record, sealed for whom it was sent to; a failure is a configuration error', async () => {
    const box = await Mailbox.start();
    const product = await startProduct({
      MUNIMENT_EMAIL_HOST: '127.0.0.1',
      MUNIMENT_EMAIL_PORT: String(box.port),
      MUNIMENT_EMAIL_FROM: 'muniment@example.com',
    });
    stops.push(
      () => box.stop(),
      () => product.stop(),
    );
    const { userId } = await product.run(createUserCommand, {
      username: 'canary-mail',
      email: 'canary-mail@example.com',
    });
    expect(await product.run(sendTestEmailCommand, { to: 'canary-mail@example.com' })).toEqual({
      delivered: true,
      message: 'The mail server took the mail.',
    });
    expect(box.mails[0]!.mail.subject).toBe('Muniment: Mail works');
    await product.run(createUserCommand, {
      username: 'reader',
      email: 'reader@example.com',
      attributes: { settings: { locale: 'de-CH' } },
    });
    await product.run(sendTestEmailCommand, { to: 'reader@example.com' });
    expect(box.mails[1]!.mail.subject).toBe('Muniment: E-Mail funktioniert');
    expect(box.mails[1]!.mail.html).toContain('<html lang="de">');
    const { rows: entries } = await sql<{ target_id: string; context: Record<string, unknown> }>`
      select target_id, context from ${auditSchema.table('entry')} where action = 'email_sent' and target_id = ${userId}`.execute(
      product.core.db,
    );
    expect(entries).toMatchObject([
      {
        target_id: userId,
        context: {
          to_email: ['canary-mail@example.com'],
          from_email: 'muniment@example.com',
          subject: 'Muniment: Mail works',
          message_id: box.mails[0]!.mail.messageId,
        },
      },
    ]);
    const { rows: stored } = await sql<{ text: string }>`
      select string_agg(e::text, ' ') as text from es.event e where type = 'activity.email.sent'`.execute(
      product.core.db,
    );
    expect(stored[0]!.text).toContain('muniment@example.com');
    expect(stored[0]!.text).not.toContain('canary-mail');
    box.refuse = () => ({ code: 554, text: 'no' });
    expect(await product.run(sendTestEmailCommand, { to: 'nobody@example.com' })).toEqual({
      delivered: false,
      message: 'The mail was not sent: the mail server answered 554.',
    });
    const { rows: failures } = await sql<{ context: { message: string } }>`
      select context from ${auditSchema.table('entry')} where action = 'configuration_error'`.execute(
      product.core.db,
    );
    expect(failures.map(({ context }) => context.message)).toEqual([
      'An e-mail could not be sent: the mail server answered 554.',
    ]);
  });
});
