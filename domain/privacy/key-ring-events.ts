/*
 * The master keys of the installation, by id only. Stream `keyring-main`.
 */
import { z } from 'zod';
import { eventType, type EventsOf } from '../kernel/event.js';

export const keyRingEvents = {
  /** Sealing goes on under this key; the one before still opens. */
  'keyring.key.activated': eventType(1, { keyId: z.string(), was: z.string() }),
  /** Nothing needs this key any more. */
  'keyring.key.retired': eventType(1, { keyId: z.string() }),
};

export type KeyRingEvent = EventsOf<typeof keyRingEvents>;
