import { summaryOf, type AuditParty } from '../../audit/entry.js';
import type { NotificationMessage } from '../message.js';

const nameOf = ({ type, id, label }: AuditParty): string => label ?? (type === 'system' ? type : id);

/** What a message tells as names and values, for receivers that show a table. */
export const factsOf = (
  message: NotificationMessage,
): readonly (readonly [name: string, value: string])[] => {
  const { event, rule, recipient } = message;
  return [
    ['Severity', message.severity],
    ...(rule ? [['Rule', rule.name] as const] : []),
    ...(message.count > 1 ? [['Count', String(message.count)] as const] : []),
    ...(event
      ? [
          ['Who', nameOf(event.actor)] as const,
          ...(event.target ? [['What', `${event.target.type} ${nameOf(event.target)}`] as const] : []),
          ...(event.client.ip === null ? [] : [['Address', event.client.ip] as const]),
          ...(event.reason === null ? [] : [['Reason', event.reason] as const]),
          ['When', event.occurredAt] as const,
        ]
      : []),
    ...(recipient ? [['For', recipient.username] as const] : []),
    ...Object.entries(event?.context ?? {}).flatMap(([key, value]) =>
      typeof value === 'string' && key !== 'message' ? [[key, value] as const] : [],
    ),
  ];
};

/** One line for each entry of a digest. */
export const linesOf = (message: NotificationMessage): readonly string[] =>
  message.entries.map((entry) => `${entry.occurredAt.slice(0, 19)}Z ${summaryOf(entry)}`);
