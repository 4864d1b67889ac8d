/*
 * A consent: what one person has allowed one application to receive.
 * Stream `consent-<uuid5(user, application)>`. Given again it replaces what was given before.
 */
import { z } from 'zod';
import { eventType, type Aggregate, type EventsOf } from '../../kernel/event.js';
import { storedId } from '../../kernel/ids.js';

const which = { userId: storedId('user'), applicationId: storedId('application') };

export const consentEvents = {
  'consent.given': eventType(1, {
    ...which,
    scopes: z.array(z.string()),
    expiresAt: z.iso.datetime().nullable(),
  }),
  'consent.revoked': eventType(1, which),
};

export type ConsentEvent = EventsOf<typeof consentEvents>;

export interface Consent {
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
}

export const noConsent: Consent = { scopes: [], expiresAt: null };

export const consent: Aggregate<Consent, ConsentEvent> = {
  category: 'consent',
  initialState: noConsent,
  evolve: (_state, event) => {
    switch (event.type) {
      case 'consent.given':
        return { scopes: event.data.scopes, expiresAt: event.data.expiresAt };
      case 'consent.revoked':
        return noConsent;
      default:
        return event satisfies never;
    }
  },
};

/** Scopes that a consent still covers. */
export const coveredScopes = (state: Consent, now: Date): readonly string[] =>
  state.expiresAt !== null && new Date(state.expiresAt) <= now ? [] : state.scopes;
