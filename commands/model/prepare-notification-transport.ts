import { fieldError } from '../../domain/kernel/errors.js';
import { Secret } from '../../domain/kernel/secret.js';
import { isBrokenSigningKey } from '../../domain/kernel/webhook-secret.js';
import type { notificationTransport } from '../../domain/notification/transport/model.js';
import type { StateOf } from '../../domain/kernel/model.js';
import type { Prepare } from './preparation.js';

type TransportState = StateOf<(typeof notificationTransport)['fields']>;

const secrets = ['webhookSecret', 'webhookAuthorization', 'routingKey'] as const;
const pagerduty = 'https://events.pagerduty.com/v2/enqueue';

const hostOf = (address: string | null): string | null =>
  address === null || !URL.canParse(address) ? null : new URL(address).host;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * A stored secret is not taken along to another host: whoever may edit an address must know the secret to use it there. A
 * body is JSON with places to fill.
 */
export const prepareNotificationTransport: Prepare<TransportState> = (_unit, { values, before }) => {
  const moves =
    before !== null &&
    values.webhookUrl !== undefined &&
    hostOf(values.webhookUrl) !== hostOf(before.webhookUrl);
  const taken = secrets.find((field) => moves && before[field] !== null && values[field] === undefined);
  if (taken !== undefined)
    return Promise.reject(
      fieldError('INVALID_INPUT', taken, 'Enter the secret again: the address leads to another host.'),
    );
  if (typeof values.webhookBody === 'string' && !isJson(values.webhookBody))
    return Promise.reject(
      fieldError('INVALID_INPUT', 'webhookBody', 'Write JSON, such as {"text": "{{body}}"}.'),
    );
  if (values.webhookSecret instanceof Secret && isBrokenSigningKey(values.webhookSecret.reveal()))
    return Promise.reject(
      fieldError('INVALID_INPUT', 'webhookSecret', 'This is not an Ed25519 key after whsk_, in base64.'),
    );
  const mode = values.mode ?? before?.mode;
  const url = values.webhookUrl === undefined ? before?.webhookUrl : values.webhookUrl;
  return Promise.resolve(
    mode === 'pagerduty' && (url === null || url === undefined)
      ? { ...values, webhookUrl: pagerduty }
      : values,
  );
};
