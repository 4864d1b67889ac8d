/** A batch leaves when it has so many records or bytes, or when its first has waited so long. */
export interface BatchLimits {
  readonly count: number;
  readonly bytes: number;
  readonly ageMs: number;
}

const kib = 1024;
const mib = 1024 * kib;

const limits = (count: number, bytes: number, ageMs: number): BatchLimits => ({ count, bytes, ageMs });

const defaults: Readonly<Record<string, BatchLimits>> = {
  syslog: limits(100, 512 * kib, 0),
  http: limits(100, 512 * kib, 2000),
  file: limits(100, mib, 0),
  splunk_hec: limits(500, mib, 2000),
  elastic: limits(500, 5 * mib, 2000),
  s3: limits(10_000, 16 * mib, 5 * 60_000),
  datadog: limits(500, 4 * mib, 2000),
  sumo: limits(500, mib, 2000),
  kafka: limits(500, mib, 500),
};

/** What receivers refuse beyond. */
const most: Readonly<Record<string, Partial<BatchLimits>>> = { datadog: { count: 1000, bytes: 5 * mib } };

/** How far a blocking sink may be behind: a batch that waits for company as it is told to is no delay of the receiver. */
export const allowedLagSeconds = (
  kind: string,
  own: Parameters<typeof batchLimits>[1] & { readonly maxLagSeconds: number },
): number => own.maxLagSeconds + batchLimits(kind, own).ageMs / 1000;

/** The limits of a sink: its own, else those that its kind is good for, and never more than the receiver takes. */
export const batchLimits = (
  kind: string,
  own: {
    readonly batchCount: number | null;
    readonly batchKib: number | null;
    readonly batchSeconds: number | null;
  },
): BatchLimits => {
  const usual = defaults[kind] ?? limits(100, 512 * kib, 2000);
  return {
    count: Math.min(own.batchCount ?? usual.count, most[kind]?.count ?? Infinity),
    bytes: Math.min(own.batchKib === null ? usual.bytes : own.batchKib * kib, most[kind]?.bytes ?? Infinity),
    ageMs: own.batchSeconds === null ? usual.ageMs : own.batchSeconds * 1000,
  };
};
