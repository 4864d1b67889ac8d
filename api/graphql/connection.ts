import { fieldError } from '../../domain/kernel/errors.js';
import type { GraphqlContext } from './context.js';
import { limits } from './builder.js';

/** One page of a list, with a cursor for the next. */
export interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly totalCount: number;
  readonly totalCountExact: boolean;
}

/** Counting stops here; beyond it a list says "10,000+". */
export const countCap = 10_001;

/** Size of a page. Throws `INVALID_INPUT` outside 1..200. */
export const pageSize = (first: number): number => {
  if (first < 1 || first > limits.pageSize)
    throw fieldError('INVALID_INPUT', 'first', `Ask for 1 to ${String(limits.pageSize)} objects.`);
  return first;
};

const macLength = 16;

/** A cursor names the sort key of the last row; it is authenticated, so that nobody can make one up. */
export const encodeCursor = (
  { dependencies }: GraphqlContext,
  list: string,
  key: readonly (string | number | boolean | null)[],
): string => {
  const payload = Buffer.from(JSON.stringify(key)).toString('base64url');
  return `${payload}.${dependencies.ports.sealer.digest('token', `cursor ${list}`, payload).slice(0, macLength)}`;
};

/** The sort key in a cursor of the same list. Throws `INVALID_INPUT` on `after`. */
export const decodeCursor = (
  { dependencies }: GraphqlContext,
  list: string,
  cursor: string,
): readonly (string | number | boolean | null)[] => {
  const [payload = '', mac] = cursor.split('.');
  if (mac !== dependencies.ports.sealer.digest('token', `cursor ${list}`, payload).slice(0, macLength))
    throw fieldError('INVALID_INPUT', 'after', 'The cursor does not belong to this list.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as (
    string | number | boolean | null
  )[];
};

type SortKey = readonly (string | number | boolean | null)[];

/** Order of two sort keys, part by part; nothing sorts before something. */
export const compareKeys = (a: SortKey, b: SortKey): number => {
  for (let index = 0; index < a.length; index += 1) {
    const [left, right] = [a[index] ?? null, b[index] ?? null];
    if (left === right) continue;
    if (left === null) return -1;
    if (right === null) return 1;
    return left < right ? -1 : 1;
  }
  return 0;
};

/** A page out of a list that is complete in memory and sorted by `keyOf`, the other way round when `descending`. */
export const pageOf = <Node>(
  context: GraphqlContext,
  list: string,
  nodes: readonly Node[],
  args: { readonly first: number; readonly after?: string | null | undefined },
  keyOf: (node: Node) => SortKey,
  descending = false,
): Page<Node> => {
  const first = pageSize(args.first);
  const after = args.after == null ? null : decodeCursor(context, list, args.after);
  const follows = (node: Node): boolean =>
    after === null || compareKeys(keyOf(node), after) * (descending ? -1 : 1) > 0;
  const start = nodes.findIndex(follows);
  const page = start < 0 ? [] : nodes.slice(start, start + first);
  const last = page.at(-1);
  return {
    nodes: page,
    endCursor: last === undefined ? null : encodeCursor(context, list, keyOf(last)),
    hasNextPage: start >= 0 && start + first < nodes.length,
    totalCount: Math.min(nodes.length, countCap),
    totalCountExact: nodes.length < countCap,
  };
};
