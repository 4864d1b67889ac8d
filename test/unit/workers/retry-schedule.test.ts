import { describe, expect, it } from 'vitest';
import { retrySchedule } from '../../../workers/outbox/retry-schedule.js';

const day = 24 * 60 * 60 * 1000;
const wait = (attempts: number, random = 0.5, ageMs = 0, retryAfterMs: number | null = null): number | null =>
  retrySchedule({ attempts, ageMs, retryAfterMs, random });

describe('pauses between attempts', () => {
  it('grow threefold to six and a half hours, twelve attempts in about a day', () => {
    const pauses = Array.from({ length: 12 }, (_, n) => wait(n + 1));
    expect(pauses.slice(0, 4)).toEqual([5000, 15_000, 45_000, 135_000]);
    expect(pauses[10]).toBe(6.5 * 60 * 60 * 1000);
    expect(pauses[11]).toBeNull();
    const sum = pauses.reduce<number>((total, pause) => total + (pause ?? 0), 0);
    expect(sum).toBeGreaterThan(0.9 * day);
    expect(sum).toBeLessThan(1.1 * day);
  });

  it('are spread from half to one and a half times', () => {
    expect([wait(1, 0), wait(1, 0.999)]).toEqual([2500, 7495]);
  });

  it('are never shorter than the receiver asks for', () => {
    expect(wait(1, 0.5, 0, 60_000)).toBe(60_000);
    expect(wait(4, 0.5, 0, 1000)).toBe(135_000);
  });

  it('after three days three attempts are enough', () => {
    expect(wait(2, 0.5, 4 * day)).not.toBeNull();
    expect(wait(3, 0.5, 4 * day)).toBeNull();
    expect(wait(3, 0.5, 2 * day)).not.toBeNull();
  });
});
