const unitMs = {
  microseconds: 0.001,
  milliseconds: 1,
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
} as const;

const part = /^([a-z]+)=(-?\d+(?:\.\d+)?)$/i;

/**
 * Reads a duration such as `hours=1;minutes=30` and returns milliseconds, or null when a part is unknown or
 * malformed. Units: microseconds, milliseconds, seconds, minutes, hours, days, weeks.
 */
export const parseDuration = (text: string): number | null => {
  const parts = text
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (parts.length === 0) return null;
  let totalMs = 0;
  for (const item of parts) {
    const match = part.exec(item);
    const unit = match?.[1]?.toLowerCase();
    if (!match || unit === undefined || !Object.hasOwn(unitMs, unit)) return null;
    totalMs += Number(match[2]) * unitMs[unit as keyof typeof unitMs];
  }
  return totalMs;
};

/** Milliseconds of a duration that was validated when it was stored. */
export const durationMs = (text: string): number => {
  const ms = parseDuration(text);
  if (ms === null) throw new Error(`stored duration is unreadable: ${text}`);
  return ms;
};
