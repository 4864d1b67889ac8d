import { z } from 'zod';
import { mailTexts } from '../../domain/mail/texts.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { localeOf } from './locale-of.js';
import { handOver, recordSent, type OutgoingMail } from './send-mail.js';

/**
 * Sends a test mail to an address at once and tells what became of it. Permission `administer`. Appends
 * `activity.email.sent`, or `activity.configuration.failed` when the server did not take it.
 */
export const sendTestEmailCommand = defineCommand<
  { readonly to: string },
  { readonly delivered: boolean; readonly message: string }
>({
  name: 'sendTestEmail',
  input: z.strictObject({ to: z.email().max(320) }),
  access: permission('administer'),
  run: async (unit, { to }) => {
    const user = await unit.ports.users.byIdentifier(to, ['email'], true);
    const texts = mailTexts(user && localeOf(user));
    const mail: OutgoingMail = {
      id: unit.ports.ids.named('mail', unit.commandId),
      userId: user?.id ?? null,
      to,
      subject: `Muniment: ${texts.testTitle}`,
      content: {
        language: texts.language,
        title: texts.testTitle,
        body: texts.testBody,
        tone: 'notice',
        rows: [],
        items: [],
        link: null,
        footer: 'Muniment',
      },
    };
    const answer = await handOver(unit.ports, mail);
    if (answer.outcome === 'accepted') {
      recordSent(unit, mail);
      return { delivered: true, message: 'The mail server took the mail.' };
    }
    unit.record({
      type: 'activity.configuration.failed',
      data: { message: `An e-mail could not be sent: ${answer.reason}.`, references: {} },
    });
    return { delivered: false, message: `The mail was not sent: ${answer.reason}.` };
  },
});
