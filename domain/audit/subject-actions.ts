import type { SubjectEvent } from '../privacy/events.js';
import { fact, type AuditFact } from './fact.js';

/** Subjects are users, but for those who stand for the visitors of a month. */
const subjectTarget = (subject: string): { type: string; id: string } => ({
  type: subject.startsWith('visitor-') ? 'subject' : 'user',
  id: subject,
});

/** The audit meaning of what happens to the keys of people. */
export const ofSubject = (event: SubjectEvent): AuditFact => {
  switch (event.type) {
    case 'subject.hold.set':
      return fact('legal_hold_placed', subjectTarget(event.data.subject), {
        severity: 'warning',
        context: { hold: event.data.holdId, matter: event.data.matter },
      });
    case 'subject.hold.released':
      return fact('legal_hold_released', subjectTarget(event.data.subject), {
        severity: 'warning',
        context: { hold: event.data.holdId },
      });
    case 'subject.key.rotated':
      return fact('secret_rotate', subjectTarget(event.data.subject), {
        context: { key_version: event.data.version },
      });
    case 'subject.shredded': {
      const { subject, requestedBy, legalBasis, keyDigest } = event.data;
      return fact('erasure_completed', subjectTarget(subject), {
        severity: 'warning',
        context: { requested_by: requestedBy, legal_basis: legalBasis, key_digest: keyDigest },
      });
    }
    default:
      return event satisfies never;
  }
};
