import type { NotificationMessage } from '../message.js';
import { factsOf } from './facts.js';

const maxSummary = 1024;
const maxKey = 255;
const maxDetail = 2000;
const severities = { notice: 'info', warning: 'warning', alert: 'critical' } as const;

/** Body for the Events API v2 of PagerDuty: an alarm, or the end of one, under a key that joins the two. */
export const pagerdutyBody = (message: NotificationMessage, routingKey: string): string =>
  JSON.stringify({
    routing_key: routingKey,
    event_action: message.kind === 'resolved' ? 'resolve' : 'trigger',
    dedup_key: message.alarm.slice(0, maxKey),
    ...(message.kind === 'resolved'
      ? {}
      : {
          payload: {
            summary: `${message.title}: ${message.body}`.slice(0, maxSummary),
            source: 'muniment',
            severity: severities[message.severity],
            timestamp: message.at.toISOString(),
            class: message.event?.action ?? message.kind,
            custom_details: Object.fromEntries(
              factsOf(message).map(([name, value]) => [name, value.slice(0, maxDetail)]),
            ),
          },
          client: 'Muniment',
          ...(message.link === null ? {} : { client_url: message.link }),
        }),
  });
