import type { NotificationMessage } from '../message.js';
import { factsOf, linesOf } from './facts.js';

const maxTitle = 256;
const maxDescription = 4096;
const maxFields = 25;
const maxName = 256;
const maxValue = 1024;
/** Titles, descriptions, fields and footers together. */
const maxTotal = 6000;
const footer = 'Muniment';
const colors = { notice: 0x3346d3, warning: 0xb45309, alert: 0xb91c1c } as const;

/** Text without the signs by which it would be formatted, linked or call somebody. */
const plain = (text: string, length: number): string => {
  const escaped = text.replace(/[\\*_~`|>[\]()#@<:]/g, '\\$&');
  return escaped.length > length ? `${escaped.slice(0, length - 2).replace(/\\+$/, '')}…` : escaped;
};

/** Body for webhooks of Discord, within its limits. Nobody is mentioned. */
export const discordBody = (message: NotificationMessage): string => {
  const title = plain(message.title, maxTitle);
  const description = plain([message.body, ...linesOf(message)].join('\n'), maxDescription);
  let left = maxTotal - title.length - description.length - footer.length;
  const fields: { name: string; value: string; inline: boolean }[] = [];
  for (const [name, value] of factsOf(message).slice(0, maxFields)) {
    const field = {
      name: plain(name, maxName),
      value: plain(value, maxValue) || '–',
      inline: value.length < 40,
    };
    left -= field.name.length + field.value.length;
    if (left < 0) break;
    fields.push(field);
  }
  return JSON.stringify({
    username: 'Muniment',
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title,
        description,
        color: colors[message.severity],
        fields,
        timestamp: message.at.toISOString(),
        ...(message.link === null ? {} : { url: message.link }),
        footer: { text: footer },
      },
    ],
  });
};
