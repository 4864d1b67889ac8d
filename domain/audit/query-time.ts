const unitMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const relative = /^(?:now)?-(\d{1,6})([mhdw])$/i;
const date = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * A time as entries hold it: of a day, of a day and an hour (UTC unless it says otherwise), of `now`, or counted back
 * from it (`-30m`, `-12h`, `-7d`, `-4w`). Null when the text is none of these.
 */
export const queryTime = (text: string, now: Date): string | null => {
  if (text.toLowerCase() === 'now') return now.toISOString();
  const back = relative.exec(text);
  if (back) return new Date(now.getTime() - Number(back[1]) * unitMs[back[2]!.toLowerCase()]!).toISOString();
  if (!date.test(text)) return null;
  const zoned = text.length === 10 || /(?:Z|[+-]\d\d:\d\d)$/i.test(text) ? text : `${text}Z`;
  const ms = Date.parse(zoned);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
};
