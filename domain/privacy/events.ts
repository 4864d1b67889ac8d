/*
 * A data subject: the life of the key that seals what is personal about somebody, and what forbids to destroy it.
 * Stream `subject-<id>`; the id is a user's, or `visitor-<yyyymm>` for those who did not sign in during a month. Once
 * shredded a subject stays shredded.
 */
import { z } from 'zod';
import { eventType, type EventsOf } from '../kernel/event.js';

/** Grounds of GDPR article 17(1), and the end of a retention period. */
export const legalBases = [
  'no_longer_needed',
  'consent_withdrawn',
  'objection',
  'unlawful_processing',
  'legal_obligation',
  'retention_ended',
] as const;
export type LegalBasis = (typeof legalBases)[number];

/** Who asked for an erasure; who carried it out is the actor. */
export const requesters = ['subject', 'controller', 'authority', 'retention'] as const;
export type Requester = (typeof requesters)[number];

export const subjectEvents = {
  'subject.hold.set': eventType(
    1,
    { subject: z.string(), holdId: z.uuid(), matter: z.string() },
    { subject: 'subject', pii: ['matter'] },
  ),
  'subject.hold.released': eventType(1, { subject: z.string(), holdId: z.uuid() }),
  'subject.key.rotated': eventType(1, { subject: z.string(), version: z.int() }),
  'subject.shredded': eventType(1, {
    subject: z.string(),
    /** SHA-256 over the keys that are destroyed: shows later which ones they were; null when there were none. */
    keyDigest: z.string().nullable(),
    requestedBy: z.enum(requesters),
    legalBasis: z.enum(legalBases),
  }),
};

export type SubjectEvent = EventsOf<typeof subjectEvents>;
