import type { NotificationMessage } from '../message.js';

const maxFields = 25;
const maxTitle = 256;
const maxValue = 1024;
const color = '#fd4b2d';

interface Field {
  readonly title: string;
  readonly value: string;
  readonly short: boolean;
}

/** Text as Slack takes it: without the characters that would make it a link, or a call to everybody. */
const plain = (text: string, length: number): string =>
  text.slice(0, length).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const field = (title: string, value: string, short: boolean): Field => ({
  title: plain(title, maxTitle),
  value: plain(value, maxValue),
  short,
});

/** Body for incoming webhooks of Slack, and of others that understand its attachments. */
export const slackAttachments = (message: NotificationMessage): string => {
  const fields: Field[] = [field('Severity', message.severity, true)];
  if (message.recipient) fields.push(field('Dispatched for user', message.recipient.username, true));
  if (message.eventUser) fields.push(field('Event user', message.eventUser.username, true));
  for (const [key, value] of Object.entries(message.event?.context ?? {}))
    if (typeof value === 'string') fields.push(field(key, value, false));
  return JSON.stringify({
    username: 'Muniment',
    attachments: [
      {
        fallback: plain(message.body, maxValue),
        author_name: 'Muniment',
        title: plain(message.title, maxTitle),
        text: plain(message.body, maxValue),
        color,
        fields: fields.slice(0, maxFields),
        footer: 'Muniment',
        ...(message.event ? { ts: Math.floor(Date.parse(message.event.occurredAt) / 1000) } : {}),
      },
    ],
  });
};
