/** One difference between two JSON documents: a JSON Pointer (RFC 6901) and both values, `undefined` for none. */
export interface JsonChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

type Container = Readonly<Record<string, unknown>>;

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Lists of plain values are one value; lists of objects are compared item by item. */
const isComparable = (before: unknown, after: unknown): boolean => {
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after))
    return false;
  return ![before, after].some((value) => Array.isArray(value) && value.some((item) => !isContainer(item)));
};

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const equal = (before: unknown, after: unknown): boolean =>
  Object.is(before, after) ||
  (isContainer(before) &&
    isContainer(after) &&
    Array.isArray(before) === Array.isArray(after) &&
    Object.keys(before).length === Object.keys(after).length &&
    Object.keys(before).every((key) => Object.hasOwn(after, key) && equal(before[key], after[key])));

const valueOf = (container: Container, key: string): unknown =>
  Object.hasOwn(container, key) ? container[key] : undefined;

/** The differences between two documents, in the order of the first, then of the second. */
export const jsonChanges = (before: unknown, after: unknown, path = ''): JsonChange[] => {
  if (equal(before, after)) return [];
  if (!isComparable(before, after)) return [{ path, before, after }];
  const [left, right] = [before as Container, after as Container];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    jsonChanges(valueOf(left, key), valueOf(right, key), `${path}/${escaped(key)}`),
  );
};
