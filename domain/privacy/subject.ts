import { DomainError } from '../kernel/errors.js';
import type { Aggregate } from '../kernel/event.js';
import type { LegalBasis, Requester, SubjectEvent } from './events.js';

/** A data subject: holds that forbid an erasure, and the erasure itself. */
export interface Subject {
  readonly holds: readonly string[];
  readonly shredded: {
    readonly keyDigest: string | null;
    readonly requestedBy: Requester;
    readonly legalBasis: LegalBasis;
  } | null;
}

export const subject: Aggregate<Subject, SubjectEvent> = {
  category: 'subject',
  initialState: { holds: [], shredded: null },
  evolve: (state, event) => {
    switch (event.type) {
      case 'subject.hold.set':
        return { ...state, holds: [...state.holds, event.data.holdId] };
      case 'subject.hold.released':
        return { ...state, holds: state.holds.filter((id) => id !== event.data.holdId) };
      case 'subject.key.rotated':
        return state;
      case 'subject.shredded': {
        const { keyDigest, requestedBy, legalBasis } = event.data;
        return { holds: [], shredded: { keyDigest, requestedBy, legalBasis } };
      }
      default:
        return event satisfies never;
    }
  },
};

interface Erasure {
  readonly subject: string;
  readonly keyDigest: string | null;
  readonly requestedBy: Requester;
  readonly legalBasis: LegalBasis;
}

/** `subject.shredded`, or nothing for a subject that is shredded already. Throws `LEGAL_HOLD`. */
export const shredSubject = (state: Subject, erasure: Erasure): SubjectEvent[] => {
  if (state.shredded) return [];
  if (state.holds.length > 0) throw new DomainError('LEGAL_HOLD');
  return [{ type: 'subject.shredded', data: { ...erasure } }];
};

/** `subject.hold.set`. Throws `NOT_FOUND` for a subject of whom nothing is left to hold. */
export const setHold = (
  state: Subject,
  hold: { readonly subject: string; readonly holdId: string; readonly matter: string },
): SubjectEvent[] => {
  if (state.shredded) throw new DomainError('NOT_FOUND');
  return [{ type: 'subject.hold.set', data: hold }];
};

/** `subject.hold.released`. Throws `NOT_FOUND` for a hold that is not in force. */
export const releaseHold = (
  state: Subject,
  hold: { readonly subject: string; readonly holdId: string },
): SubjectEvent[] => {
  if (!state.holds.includes(hold.holdId)) throw new DomainError('NOT_FOUND');
  return [{ type: 'subject.hold.released', data: hold }];
};
