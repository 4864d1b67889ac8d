import { describe, expect, it } from 'vitest';
import { bucketAt, labelledBuckets, tickText } from '../../../ui/src/design/chart/chart-scale.js';

const hourMs = 3_600_000;

describe('labels below a chart', () => {
  it.each([
    [8, 22, 1000],
    [8, 22, 360],
    [12, 40, 700],
    [1, 48, 600],
    [24, 30, 1000],
  ])('of %i hours each, %i of them, do not repeat themselves on %i pixels', (hours, count, width) => {
    const buckets = { fromMs: Date.UTC(2026, 0, 1), stepMs: hours * hourMs, count };
    const labelled = labelledBuckets(buckets, width, 68);
    const texts = labelled.map((index) => tickText(bucketAt(buckets, index).from, buckets.stepMs));
    expect(labelled.at(-1)).toBe(count - 1);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.length * 68).toBeLessThanOrEqual(width);
    expect(texts.filter((text, index) => text === texts[index - 1])).toEqual([]);
  });
});
