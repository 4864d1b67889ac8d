import { expect } from 'vitest';
import { DomainError, type ErrorCode } from '../../domain/kernel/errors.js';
import { fold, type Aggregate, type DomainEvent } from '../../domain/kernel/event.js';

/** Reads like the rule it checks: given events, when a decision, then events or an error. */
export const given = <State, Event extends DomainEvent>(
  aggregate: Aggregate<State, Event>,
  ...events: NoInfer<Event>[]
) => ({
  when: (decide: (state: State) => readonly Event[]) => ({
    then: (...expected: Event[]): void => {
      expect(decide(fold(aggregate, events))).toEqual(expected);
    },
    thenError: (code: ErrorCode, field?: string): void => {
      let thrown: unknown;
      try {
        decide(fold(aggregate, events));
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(DomainError);
      expect((thrown as DomainError).code).toBe(code);
      if (field !== undefined)
        expect((thrown as DomainError).fields.map((item) => item.path)).toContain(field);
    },
  }),
});
