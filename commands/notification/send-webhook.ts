import { certificate } from '../../domain/certificate/model.js';
import { discordBody } from '../../domain/notification/body/discord-body.js';
import { fillText } from '../../domain/notification/body/fill-template.js';
import { messageJson } from '../../domain/notification/body/message-json.js';
import { pagerdutyBody } from '../../domain/notification/body/pagerduty-body.js';
import { slackAttachments } from '../../domain/notification/body/slack-attachments.js';
import { slackBlocks } from '../../domain/notification/body/slack-blocks.js';
import { teamsBody } from '../../domain/notification/body/teams-body.js';
import { webhookBody } from '../../domain/notification/body/webhook-body.js';
import type { NotificationMessage } from '../../domain/notification/message.js';
import type { OutboundAnswer } from '../delivery-ports.js';
import type { Ports } from '../ports.js';
import type { Transport } from './transport.js';
import { openSecret, signingSecrets } from './webhook-secrets.js';

const bodyOf = async (ports: Ports, { values }: Transport, message: NotificationMessage): Promise<string> => {
  switch (values.mode) {
    case 'webhook_slack':
      return slackAttachments(message);
    case 'slack':
      return slackBlocks(message);
    case 'discord':
      return discordBody(message);
    case 'teams':
      return teamsBody(message);
    case 'pagerduty':
      return pagerdutyBody(message, (await openSecret(ports, values.routingKey))?.reveal() ?? '');
    case 'webhook':
      return webhookBody(message, values.webhookBody);
    case 'local':
    case 'email':
      throw new Error(`a transport of mode ${values.mode} does not lead to the web`);
  }
};

/** Headers that the transport adds: filled in, on one line, in the characters that a header may have. */
const ownHeaders = async (
  ports: Ports,
  { values }: Transport,
  message: NotificationMessage,
): Promise<Record<string, string>> => {
  if (values.mode !== 'webhook') return {};
  const authorization = await openSecret(ports, values.webhookAuthorization);
  return {
    ...Object.fromEntries(
      values.webhookHeaders.map(({ name, value }) => [
        name.toLowerCase(),
        fillText(value, messageJson(message)).replace(/[^\t\x20-\x7e]/g, '?'),
      ]),
    ),
    ...(authorization ? { authorization: authorization.reveal() } : {}),
  };
};

/**
 * Sends one message by a transport that leads to an address of the web. `id` names the delivery, the same at each attempt,
 * so that a receiver can tell a repetition.
 */
export const sendWebhook = async (
  ports: Ports,
  transport: Transport,
  message: NotificationMessage,
  id: string,
  signal?: AbortSignal,
): Promise<OutboundAnswer> => {
  const body = await bodyOf(ports, transport, message);
  const timestamp = Math.floor(ports.clock.now().getTime() / 1000);
  const secrets = await signingSecrets(ports, transport);
  const { webhookCa } = transport.values;
  const authority =
    webhookCa === null ? undefined : ports.config.get(certificate, webhookCa)?.values.certificate;
  return ports.outbound.post({
    url: transport.values.webhookUrl ?? '',
    headers: {
      ...(await ownHeaders(ports, transport, message)),
      'content-type': 'application/json',
      'user-agent': 'Muniment',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      ...(secrets.length === 0
        ? {}
        : {
            'webhook-signature': secrets
              .map((secret) => ports.signWebhook(secret, { id, timestamp, body }))
              .join(' '),
          }),
    },
    body,
    ...(authority === undefined ? {} : { certificateAuthority: authority }),
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

/** Whether the receiver says that there is nothing at the address any more, and never will be. */
export const isGone = ({ values }: Transport, answer: OutboundAnswer): boolean =>
  answer.outcome === 'answered' &&
  (answer.status === 410 ||
    // A webhook of a vendor that was deleted; a server of one's own may be about to be installed.
    (answer.status === 404 && values.mode !== 'webhook'));
