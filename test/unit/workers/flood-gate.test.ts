import { describe, expect, it } from 'vitest';
import { createFloodGate } from '../../../workers/flood-gate.js';

describe('floods of what strangers cause', () => {
  it('five per account, address and minute are admitted, the rest counted', () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const { gate, counts } = createFloodGate({ now: () => now });
    const admitted = Array.from({ length: 12 }, () => gate.admit('login', 'alice', '192.0.2.1')).filter(
      Boolean,
    );
    expect(admitted).toHaveLength(5);
    expect(counts.take()).toEqual([]);
    now = new Date('2026-01-01T00:01:01Z');
    expect(counts.take()).toEqual([{ kind: 'login', account: 'alice', count: 7 }]);
    expect(counts.take()).toEqual([]);
    expect(gate.admit('login', 'alice', '192.0.2.1')).toBe(true);
  });

  it('of a flood over many accounts as few are remembered as are admitted', () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const { gate, counts } = createFloodGate({ now: () => now });
    const flood = (): number =>
      Array.from({ length: 5000 }, (_, index) =>
        gate.admit('login', `user${String(index)}`, '192.0.2.1'),
      ).filter(Boolean).length;
    expect(flood()).toBe(50);
    now = new Date('2026-01-01T00:00:01Z');
    expect(flood()).toBe(50);
    now = new Date('2026-01-01T00:02:00Z');
    const folded = counts.take();
    expect(folded.length).toBeLessThanOrEqual(101);
    expect(folded).toContainEqual({ kind: 'login', account: null, count: 9900 });
  });

  it('all together stay within fifty a second', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    const { gate } = createFloodGate({ now: () => now });
    const admitted = Array.from({ length: 200 }, (_, index) =>
      gate.admit('login', `user${String(index)}`, '192.0.2.1'),
    ).filter(Boolean);
    expect(admitted).toHaveLength(50);
  });
});
