import { z } from 'zod';
import { mailHtml, mailText, type MailContent } from '../../domain/mail/layout.js';
import { maskLinks } from '../../domain/mail/mask-links.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import type { MailAnswer } from '../delivery-ports.js';
import { execute } from '../pipeline.js';
import type { Ports } from '../ports.js';
import { systemContext } from '../system-context.js';
import { visitorSubject, type UnitOfWork } from '../unit-of-work.js';

const maxSubject = 250;
const maxStoredBody = 8000;

/** A mail on its way out. `id` names it at each attempt; `userId` is null for an address that belongs to nobody known. */
export interface OutgoingMail {
  readonly id: string;
  readonly userId: string | null;
  readonly to: string;
  readonly subject: string;
  readonly content: MailContent;
}

const oneLine = (text: string): string => text.replace(/[\r\n\t]+/g, ' ').slice(0, maxSubject);

const domainOf = (from: string): string => /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'localhost';

/** The Message-ID of a mail: the same at each attempt. */
export const messageIdOf = (id: string, from: string): string => `<${id}@${domainOf(from)}>`;

/** Hands a mail to the mail server. What goes wrong is the answer. */
export const handOver = (ports: Ports, mail: OutgoingMail): Promise<MailAnswer> =>
  ports.mailer.send({
    to: mail.to,
    subject: oneLine(mail.subject),
    text: mailText(mail.content),
    html: mailHtml(mail.content),
    messageId: messageIdOf(mail.id, ports.mailer.from ?? ''),
  });

/** Puts on record that the server took a mail: sealed for its recipient, links without their keys. */
export const recordSent = (unit: UnitOfWork, mail: OutgoingMail): void => {
  const from = unit.ports.mailer.from ?? '';
  unit.record({
    type: 'activity.email.sent',
    data: {
      userId: mail.userId as never,
      subjectKey: mail.userId ?? visitorSubject(unit.now),
      messageId: messageIdOf(mail.id, from),
      from,
      to: [mail.to],
      subject: oneLine(mail.subject),
      body: maskLinks(mailText(mail.content)).slice(0, maxStoredBody),
    },
  });
};

const recordEmailSentCommand = defineCommand({
  name: 'recordEmailSent',
  input: z.strictObject({ mail: z.custom<OutgoingMail>(() => true) }),
  access: permission('administer'),
  repeatsSafely: true,
  run: (unit, { mail }) => {
    recordSent(unit, mail);
    return Promise.resolve();
  },
});

/**
 * Sends a mail as work of the product and puts it on record once the server has taken it. A repetition of the same `id`
 * is the same mail for the receiver and on record. Appends `activity.email.sent`.
 */
export const sendMail = async (ports: Ports, mail: OutgoingMail, job: string): Promise<MailAnswer> => {
  const answer = await handOver(ports, mail);
  if (answer.outcome === 'accepted')
    await execute(
      ports,
      recordEmailSentCommand,
      { mail },
      { ...systemContext(ports, job), commandId: ports.ids.named('command', `mail ${mail.id}`) },
    );
  return answer;
};
