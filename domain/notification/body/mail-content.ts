import { summaryOf, type AuditParty } from '../../audit/entry.js';
import type { MailContent } from '../../mail/layout.js';
import type { MailTexts } from '../../mail/texts.js';
import type { NotificationMessage } from '../message.js';

const maxRows = 20;
const maxItems = 50;
const maxValue = 1000;

const nameOf = ({ type, id, label }: AuditParty): string => label ?? (type === 'system' ? type : id);

/** What a mail on a notification says, in the recipient's language. */
export const mailContentOf = (message: NotificationMessage, texts: MailTexts): MailContent => {
  const { event, rule, entries, count } = message;
  const rows: (readonly [string, string])[] = [
    ...(event && message.kind !== 'digest'
      ? [
          [texts.who, nameOf(event.actor)] as const,
          ...(event.target ? [[texts.what, `${event.target.type} ${nameOf(event.target)}`] as const] : []),
          ...(event.client.ip === null ? [] : [[texts.from, event.client.ip] as const]),
          ...(event.reason === null ? [] : [[texts.reason, event.reason] as const]),
          [texts.when, event.occurredAt] as const,
          ...Object.entries(event.context).flatMap(([key, value]) =>
            typeof value === 'string' && key !== 'message' ? [[key, value] as const] : [],
          ),
        ]
      : []),
    ...(rule ? [[texts.rule, rule.name] as const] : []),
  ];
  const shown = entries.slice(0, maxItems);
  return {
    language: texts.language,
    title: `${texts.severity[message.severity]}: ${message.title}`,
    body: message.body,
    tone: message.severity,
    rows: rows.slice(0, maxRows).map(([label, value]) => [label, value.slice(0, maxValue)]),
    items: [
      ...shown.map((entry) => `${entry.occurredAt.slice(0, 19)}Z ${summaryOf(entry)}`),
      ...(message.kind === 'digest' && count > shown.length ? [texts.more(count - shown.length)] : []),
    ],
    link: message.link === null ? null : { text: texts.open, url: message.link },
    footer: texts.sentBecause,
  };
};
