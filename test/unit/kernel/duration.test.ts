import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../domain/kernel/duration.js';

describe('durations', () => {
  it.each([
    ['hours=1;minutes=30', 5_400_000],
    ['days=1', 86_400_000],
    ['Weeks=1; seconds=-5', 604_795_000],
    ['minutes=0.5', 30_000],
    ['seconds=0', 0],
    ['milliseconds=3;microseconds=1000', 4],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    ';',
    'hours',
    'hours=',
    'hours=x',
    'fortnights=1',
    'hours=1;minuts=2',
    '5',
    'hours=1e3',
    'constructor=1',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
