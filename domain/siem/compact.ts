/** A record without what is empty: null, undefined, empty texts, empty objects. Lists stay as they are. */
export const compact = (
  record: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined => {
  const kept = Object.entries(record).flatMap(([key, value]) => {
    const inner =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? compact(value as Readonly<Record<string, unknown>>)
        : value;
    return inner === null || inner === undefined || inner === '' ? [] : [[key, inner] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};
