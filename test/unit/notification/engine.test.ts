import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runRule, see } from '../../../domain/notification/engine/advance.js';
import { isStateless, type RulePlan } from '../../../domain/notification/engine/plan.js';
import {
  startOf,
  type Notice,
  type RuleState,
  type Sighting,
} from '../../../domain/notification/engine/state.js';
import { dueAt, passTime } from '../../../domain/notification/engine/timers.js';

const minute = 60_000;
const plan = (values: Partial<RulePlan>): RulePlan => ({
  trigger: 'entry',
  threshold: 3,
  windowMs: 10 * minute,
  suppressMs: null,
  digestMs: null,
  ...values,
});
/** Entries at these minutes, named by them. */
const at = (minutes: readonly number[], group = ''): Sighting[] =>
  minutes.map((n) => ({ entryId: `${group}${String(n)}`, at: n * minute, group }));
const told = (rule: RulePlan, sightings: readonly Sighting[], until: number): string[] =>
  runRule(rule, startOf(rule, 0), sightings, until * minute).map(
    ({ kind, id, at: time }) => `${String(time / minute)} ${kind} ${id}`,
  );

describe('a rule', () => {
  it('on entries speaks at each, and remembers nothing', () => {
    expect(isStateless(plan({}))).toBe(true);
    expect(told(plan({}), at([1, 1, 2]), 60)).toEqual(['1 entry 1', '1 entry 1', '2 entry 2']);
  });

  it('that is silenced speaks once in that time, for each group apart', () => {
    const rule = plan({ suppressMs: 10 * minute });
    expect(told(rule, at([1, 5, 10, 11, 12]), 60)).toEqual(['1 entry 1', '11 entry 11']);
    const both = [...at([1, 2], 'a'), ...at([3, 4], 'b')];
    expect(told(rule, both, 60)).toEqual(['1 entry a1', '3 entry b3']);
  });

  it('on a count speaks once when enough came within the window, and again after it had cleared', () => {
    const rule = plan({ trigger: 'count' });
    expect(told(rule, at([0, 5, 10, 11, 12]), 11.5)).toEqual(['11 count 11']);
    expect(told(rule, at([1, 2, 3, 4, 5, 30, 31, 32]), 60)).toEqual([
      '3 count 3',
      '13 resolved resolved/3',
      '32 count 32',
      '40 resolved resolved/32',
    ]);
  });

  it('on a count never speaks below the threshold, and counts each group apart', () => {
    const rule = plan({ trigger: 'count' });
    expect(told(rule, [...at([1, 2], 'a'), ...at([3, 4], 'b'), ...at([14, 15], 'a')], 60)).toEqual([]);
  });

  it('on a count that lasts speaks again after the time of silence', () => {
    const rule = plan({ trigger: 'count', suppressMs: 5 * minute });
    expect(told(rule, at([1, 2, 3, 4, 5, 6, 7, 8, 9]), 9)).toEqual(['3 count 3', '8 count 8']);
  });

  it('on absence speaks once when nothing came for so long, and resolves when something comes', () => {
    const rule = plan({ trigger: 'absence' });
    expect(told(rule, at([5, 40]), 55)).toEqual([
      '15 absence absence/900000',
      '40 resolved resolved/absence/900000',
      '50 absence absence/3000000',
    ]);
    expect(told(rule, at([5, 14, 23]), 30)).toEqual([]);
  });

  it('with a digest tells everything of the time as one, with the first fifty', () => {
    const rule = plan({ digestMs: 60 * minute });
    const notices = runRule(
      rule,
      startOf(rule, 0),
      at(Array.from({ length: 59 }, (_, n) => n)),
      200 * minute,
    );
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ kind: 'digest', at: 60 * minute, count: 59 });
    expect(notices[0]!.entryIds).toHaveLength(50);
  });

  it('forgets groups under a flood of them and stays small', () => {
    const rule = plan({ trigger: 'count', threshold: 1000 });
    let state = startOf(rule, 0);
    for (let n = 0; n < 2000; n += 1)
      state = see(rule, state, { entryId: String(n), at: n * 1000, group: String(n) }).state;
    expect(Object.keys(state.groups).length).toBeLessThanOrEqual(20);
  });
});

const anyPlan: fc.Arbitrary<RulePlan> = fc.record({
  trigger: fc.constantFrom('entry', 'count', 'absence'),
  threshold: fc.integer({ min: 1, max: 4 }),
  windowMs: fc.integer({ min: 1, max: 30 }),
  suppressMs: fc.option(fc.integer({ min: 1, max: 30 })),
  digestMs: fc.option(fc.integer({ min: 1, max: 30 })),
});
const anySightings = fc
  .array(fc.record({ gap: fc.integer({ min: 0, max: 20 }), group: fc.constantFrom('a', 'b', 'c') }), {
    maxLength: 60,
  })
  .map((steps) => {
    let now = 0;
    return steps.map(({ gap, group }, n): Sighting => {
      now += gap;
      return { entryId: `e${String(n)}`, at: now, group };
    });
  });

/** The live engine: state kept as text between steps, woken at whatever moments, never ahead of an entry to come. */
const live = (
  rule: RulePlan,
  sightings: readonly Sighting[],
  until: number,
  wakes: readonly number[],
): readonly Notice[] => {
  const notices: Notice[] = [];
  let stored = JSON.stringify(startOf(rule, 0));
  const step = (work: (state: RuleState) => { state: RuleState; notices: readonly Notice[] }): void => {
    const { state, notices: said } = work(JSON.parse(stored) as RuleState);
    stored = JSON.stringify(state);
    notices.push(...said);
  };
  const moments = [...wakes].sort((a, b) => a - b);
  for (const sighting of sightings) {
    while (moments.length > 0 && moments[0]! < sighting.at)
      step((state) => passTime(rule, state, moments.shift()!));
    step((state) => see(rule, state, sighting));
  }
  for (const moment of [...moments.filter((wake) => wake <= until), until])
    step((state) => passTime(rule, state, moment));
  return notices;
};

describe('the live engine and the dry run', () => {
  it('acceptance 9: say the same, whenever the live one is woken and however often it is interrupted', () => {
    fc.assert(
      fc.property(
        anyPlan,
        anySightings,
        fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 100 }),
        (rule, sightings, wakes, rest) => {
          const until = (sightings.at(-1)?.at ?? 0) + rest;
          expect(live(rule, sightings, until, wakes)).toEqual(
            runRule(rule, startOf(rule, 0), sightings, until),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('name each notice once and in order of time', () => {
    fc.assert(
      fc.property(anyPlan, anySightings, (rule, sightings) => {
        const notices = runRule(rule, startOf(rule, 0), sightings, 2000);
        expect(new Set(notices.map(({ id }) => id)).size).toBe(notices.length);
        expect(notices.map(({ at: time }) => time)).toEqual(
          notices.map(({ at: time }) => time).sort((a, b) => a - b),
        );
      }),
    );
  });

  it('are never late: what is due has been said when time has passed it', () => {
    fc.assert(
      fc.property(anyPlan, anySightings, (rule, sightings) => {
        let state = startOf(rule, 0);
        for (const sighting of sightings) {
          state = see(rule, state, sighting).state;
          const due = dueAt(rule, state);
          if (due !== null) expect(due).toBeGreaterThan(sighting.at);
        }
      }),
    );
  });
});
