const minuteMs = 60_000;
const dayMs = 86_400_000;

/** One kind of thing that a chart counts. */
export interface Series {
  readonly key: string;
  readonly label: string;
  /** One of the colours `--chart-<n>`. */
  readonly colour: number;
  /** One count for each bucket. */
  readonly counts: readonly number[];
  /** The counts are levels, not happenings: the highest of several is told, not their sum. */
  readonly isLevel?: boolean;
}

/** Buckets of equal length, the oldest first. */
export interface Buckets {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** Least round number that is not below a count: 1, 2 or 5 times a power of ten, and never a fraction of one. */
export const roundedUp = (count: number): number => {
  if (count <= 4) return Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(count));
  return [1, 2, 4, 5, 10].map((times) => times * power).find((round) => round >= count) ?? count;
};

/** Where the lines of the scale stand, from zero up; whole numbers only. */
export const scaleLines = (top: number): readonly number[] => {
  const parts = [4, 2, 1].find((count) => Number.isInteger(top / count)) ?? 1;
  return Array.from({ length: parts + 1 }, (_, index) => (top / parts) * index);
};

export const bucketAt = (buckets: Buckets, index: number): { readonly from: Date; readonly to: Date } => ({
  from: new Date(buckets.fromMs + index * buckets.stepMs),
  to: new Date(buckets.fromMs + (index + 1) * buckets.stepMs),
});

/** Parts of a day that are labelled with its date. */
const datedMs = dayMs / 3;

/** Numbers of the buckets that bear a label below, so that labels do not touch and none stands twice. */
export const labelledBuckets = (
  { count, stepMs }: Buckets,
  width: number,
  labelWidth: number,
): readonly number[] => {
  const apart = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(width / labelWidth))));
  const perDate = stepMs >= datedMs && stepMs < dayMs ? Math.round(dayMs / stepMs) : 1;
  const every = Math.ceil(apart / perDate) * perDate;
  return Array.from({ length: count }, (_, index) => index).filter(
    (index) => (count - 1 - index) % every === 0,
  );
};

const dayOf = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const hourOf = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const momentOf = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** Begin of a bucket, as short as its length allows, in the zone of the viewer. */
export const tickText = (at: Date, stepMs: number): string =>
  stepMs >= datedMs ? dayOf.format(at) : hourOf.format(at);

/** Begin and end of a bucket in the zone of the viewer: buckets lie on hours and days of UTC, not of that zone. */
export const spanText = (from: Date, to: Date): string =>
  from.toDateString() === new Date(to.getTime() - minuteMs).toDateString()
    ? `${momentOf.format(from)} – ${hourOf.format(to)}`
    : `${momentOf.format(from)} – ${momentOf.format(to)}`;

/** Whether days of UTC are not those of the viewer. */
export const isAwayFromUtc = (at: Date): boolean => at.getTimezoneOffset() !== 0;
