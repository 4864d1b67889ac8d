import type { Buckets } from '../../design/chart/chart-scale.js';

const stepMs = 10 * 60_000;

/** How a sink stood at a moment. */
interface Sample {
  readonly at: string;
  /** Records taken, ever. */
  readonly delivered: string;
  readonly lagEntries: number;
}

/** What happened to a sink in parts of ten minutes. */
export interface SinkHistory {
  readonly buckets: Buckets;
  /** Most entries that it was behind. */
  readonly behind: readonly number[];
  readonly delivered: readonly number[];
}

/** Samples of some hours as counts; records of the first sample were delivered before. */
export const sinkHistoryOf = (samples: readonly Sample[], hours: number, nowMs: number): SinkHistory => {
  const count = (hours * 60 * 60_000) / stepMs;
  const fromMs = (Math.floor(nowMs / stepMs) + 1 - count) * stepMs;
  const behind = Array<number>(count).fill(0);
  const delivered = Array<number>(count).fill(0);
  samples.forEach((sample, at) => {
    const index = Math.floor((Date.parse(sample.at) - fromMs) / stepMs);
    const before = samples[at - 1];
    if (index < 0 || index >= count) return;
    behind[index] = Math.max(behind[index] ?? 0, sample.lagEntries);
    // A sink that was forgotten and made anew counts from zero again.
    if (before) delivered[index]! += Math.max(0, Number(sample.delivered) - Number(before.delivered));
  });
  return { buckets: { fromMs, stepMs, count }, behind, delivered };
};
