import { fieldError } from '../../domain/kernel/errors.js';
import type { notificationTransport } from '../../domain/notification/transport/model.js';
import type { StateOf } from '../../domain/kernel/model.js';
import type { Prepare } from './preparation.js';

type TransportState = StateOf<(typeof notificationTransport)['fields']>;

const hostOf = (address: string | null): string | null =>
  address === null || !URL.canParse(address) ? null : new URL(address).host;

/** A stored secret is not taken along to another host: whoever may edit an address must know the secret to use it there. */
export const prepareNotificationTransport: Prepare<TransportState> = (_unit, { values, before }) => {
  const moves =
    before !== null &&
    before.webhookSecret !== null &&
    values.webhookUrl !== undefined &&
    hostOf(values.webhookUrl) !== hostOf(before.webhookUrl);
  return moves && values.webhookSecret === undefined
    ? Promise.reject(
        fieldError(
          'INVALID_INPUT',
          'webhookSecret',
          'Enter the secret again: the address leads to another host.',
        ),
      )
    : Promise.resolve(values);
};
