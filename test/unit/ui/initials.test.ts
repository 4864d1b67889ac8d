import { describe, expect, it } from 'vitest';
import { initialsOf, tintOf } from '../../../ui/src/design/display/initials.js';

describe('what stands for a picture', () => {
  it.each([
    ['Grafana', 'G'],
    ['Time sheets of all', 'TS'],
    ['  élan-vital ', 'ÉV'],
    ['…', '?'],
  ])('%s is %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it('has one colour for a name, and several for many', () => {
    const tints = Array.from({ length: 50 }, (_, index) => tintOf(`Application ${String(index)}`));
    expect(new Set(tints).size).toBeGreaterThan(4);
    expect(tints.every((tint) => tint >= 0 && tint < 8)).toBe(true);
    expect(tintOf('Grafana')).toBe(tintOf('Grafana'));
  });
});
