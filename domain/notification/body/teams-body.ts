import type { NotificationMessage } from '../message.js';
import { factsOf, linesOf } from './facts.js';

const maxBytes = 28 * 1024;
const maxText = 4000;
const maxFact = 1000;
const colors = { notice: 'Accent', warning: 'Warning', alert: 'Attention' } as const;

/** Text without the signs of Markdown, by which it would become a link. */
const plain = (text: string, length: number): string =>
  text.slice(0, length).replace(/[\\*_[\]()`<>]/g, '\\$&');

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

const card = (message: NotificationMessage, facts: number, lines: number): string =>
  JSON.stringify({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            {
              type: 'TextBlock',
              size: 'Large',
              weight: 'Bolder',
              wrap: true,
              color: colors[message.severity],
              text: plain(message.title, maxText),
            },
            { type: 'TextBlock', wrap: true, text: plain(message.body, maxText) },
            ...linesOf(message)
              .slice(0, lines)
              .map((line) => ({
                type: 'TextBlock',
                wrap: true,
                spacing: 'Small',
                text: plain(line, maxFact),
              })),
            {
              type: 'FactSet',
              facts: factsOf(message)
                .slice(0, facts)
                .map(([title, value]) => ({ title: plain(title, maxFact), value: plain(value, maxFact) })),
            },
          ],
          ...(message.link === null
            ? {}
            : { actions: [{ type: 'Action.OpenUrl', title: 'Open in the event log', url: message.link }] }),
        },
      },
    ],
  });

/** Body for a webhook of Teams Workflows: an Adaptive Card of at most 28 KB. */
export const teamsBody = (message: NotificationMessage): string => {
  let [facts, lines] = [25, 25];
  let body = card(message, facts, lines);
  while (bytesOf(body) > maxBytes && facts + lines > 0) {
    [facts, lines] = [facts >> 1, lines >> 1];
    body = card(message, facts, lines);
  }
  return body;
};
