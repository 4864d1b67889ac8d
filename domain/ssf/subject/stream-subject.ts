import type { Aggregate } from '../../kernel/event.js';
import type { Id } from '../../kernel/ids.js';
import type { StreamSubjectEvent } from './events.js';

export type SubjectChoice = 'added' | 'removed';

export interface StreamSubject {
  readonly choice: SubjectChoice | null;
}

export const streamSubject: Aggregate<StreamSubject, StreamSubjectEvent> = {
  category: 'ssfsubject',
  initialState: { choice: null },
  evolve: (_state, event) => {
    switch (event.type) {
      case 'ssfsubject.added':
        return { choice: 'added' };
      case 'ssfsubject.removed':
        return { choice: 'removed' };
      default:
        return event satisfies never;
    }
  },
};

/** `ssfsubject.added` or `ssfsubject.removed`, or nothing when that was the choice before. */
export const chooseSubject = (
  state: StreamSubject,
  edge: { readonly streamId: Id<'ssf_stream'>; readonly userId: Id<'user'> },
  choice: SubjectChoice,
): StreamSubjectEvent[] => (state.choice === choice ? [] : [{ type: `ssfsubject.${choice}`, data: edge }]);

/** Whether a stream tells of a person: by the receiver's choice, else by the stream's default. */
export const isIncluded = (defaultSubjects: 'ALL' | 'NONE', choice: SubjectChoice | null): boolean =>
  choice === null ? defaultSubjects === 'ALL' : choice === 'added';
