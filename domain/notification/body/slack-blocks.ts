import type { NotificationMessage } from '../message.js';
import { factsOf, linesOf } from './facts.js';

const maxHeader = 150;
const maxSection = 3000;
const maxFields = 10;
const maxField = 2000;
/** Slack refuses a message somewhere near 13,000 characters and says so nowhere. */
const maxTotal = 10_000;
const maxFallback = 1000;

type Block = Readonly<Record<string, unknown>>;

/** Text that is shown as it is: no links, no mentions, no markup. */
const plain = (text: string, length: number): Block => ({
  type: 'plain_text',
  text: (text.length > length ? `${text.slice(0, length - 1)}…` : text) || '–',
  emoji: false,
});

/** In the fallback Slack looks for its own signs. */
const escape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const blocksOf = (message: NotificationMessage): Block[] => {
  const lines = linesOf(message).join('\n');
  return [
    { type: 'header', text: plain(message.title, maxHeader) },
    { type: 'section', text: plain(message.body, maxSection) },
    ...(lines === '' ? [] : [{ type: 'section', text: plain(lines, maxSection) }]),
    {
      type: 'section',
      fields: factsOf(message)
        .slice(0, maxFields)
        .map(([name, value]) => plain(`${name}: ${value}`, maxField)),
    },
    ...(message.link === null
      ? []
      : [
          {
            type: 'actions',
            elements: [{ type: 'button', text: plain('Open in the event log', 75), url: message.link }],
          },
        ]),
  ];
};

/** Body for incoming webhooks of Slack, in Block Kit and within its limits. */
export const slackBlocks = (message: NotificationMessage): string => {
  const text = escape(`${message.title}: ${message.body}`.slice(0, maxFallback));
  let blocks = blocksOf(message);
  while (JSON.stringify(blocks).length > maxTotal && blocks.length > 1) {
    const last = blocks.at(-1) as { readonly fields?: readonly Block[] };
    blocks =
      last.fields && last.fields.length > 1
        ? [...blocks.slice(0, -1), { type: 'section', fields: last.fields.slice(0, -1) }]
        : blocks.slice(0, -1);
  }
  return JSON.stringify({ text, blocks });
};
