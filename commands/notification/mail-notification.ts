import { mailContentOf } from '../../domain/notification/body/mail-content.js';
import type { NotificationMessage } from '../../domain/notification/message.js';
import { mailTexts } from '../../domain/mail/texts.js';
import { localeOf } from '../mail/locale-of.js';
import type { OutgoingMail } from '../mail/send-mail.js';
import type { UserRecord } from '../ports.js';
import type { Transport } from './transport.js';

/** Whom a mail goes to: a person of the directory, or an address that a rule names. */
export type MailRecipient =
  | { readonly kind: 'user'; readonly user: UserRecord }
  | { readonly kind: 'address'; readonly address: string };

/** A notification as a mail; null for a person without an address. */
export const mailOf = (
  transport: Transport,
  message: NotificationMessage,
  recipient: MailRecipient,
  id: string,
): OutgoingMail | null => {
  const to = recipient.kind === 'user' ? recipient.user.email : recipient.address;
  if (to === '') return null;
  const texts = mailTexts(recipient.kind === 'user' ? localeOf(recipient.user) : null);
  return {
    id,
    userId: recipient.kind === 'user' ? recipient.user.id : null,
    to,
    subject: `${transport.values.emailSubjectPrefix}${message.title}`,
    content: mailContentOf(message, texts),
  };
};
