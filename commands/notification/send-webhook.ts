import type { ConfigObject } from '../../domain/kernel/config-view.js';
import type { StateOf } from '../../domain/kernel/model.js';
import type { NotificationMessage } from '../../domain/notification/message.js';
import { slackBody } from '../../domain/notification/slack-body.js';
import type { notificationTransport } from '../../domain/notification/transport/model.js';
import { webhookBody } from '../../domain/notification/webhook-body.js';
import type { OutboundAnswer, Ports } from '../ports.js';

export type Transport = ConfigObject<StateOf<(typeof notificationTransport)['fields']>>;

/** The header that proves who sent a message. Without a secret there is none. */
const signature = async (
  ports: Ports,
  { values }: Transport,
  message: { readonly id: string; readonly timestamp: number; readonly body: string },
): Promise<Record<string, string>> => {
  const reference = values.mode === 'webhook' ? values.webhookSecret : null;
  if (reference === null) return {};
  const entry = await ports.store.readVault(reference.ref, reference.version);
  return entry ? { 'webhook-signature': ports.signWebhook(ports.sealer.openSecret(entry), message) } : {};
};

/**
 * Sends one message by a webhook transport. `id` names the delivery, the same at each attempt, so that a receiver can
 * tell a repetition.
 */
export const sendWebhook = async (
  ports: Ports,
  transport: Transport,
  message: NotificationMessage,
  id: string,
  signal?: AbortSignal,
): Promise<OutboundAnswer> => {
  const body = transport.values.mode === 'webhook_slack' ? slackBody(message) : webhookBody(message);
  const timestamp = Math.floor(ports.clock.now().getTime() / 1000);
  return ports.outbound.post({
    url: transport.values.webhookUrl ?? '',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Muniment',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      ...(await signature(ports, transport, { id, timestamp, body })),
    },
    body,
    ...(signal ? { signal } : {}),
  });
};

/** What became of an attempt, in one sentence. */
export const explainAnswer = (answer: OutboundAnswer): string => {
  if (answer.outcome !== 'answered')
    return answer.outcome === 'refused'
      ? `The outbound guard refuses the address: ${answer.reason}.`
      : `The request failed: ${answer.reason}.`;
  const redirect = answer.status >= 300 && answer.status < 400 ? ' Redirects are not followed.' : '';
  return `The receiver answered ${String(answer.status)}.${redirect}`;
};

/** Whether the receiver has taken the message. */
export const isAccepted = (answer: OutboundAnswer): boolean =>
  answer.outcome === 'answered' && answer.status >= 200 && answer.status < 300;
