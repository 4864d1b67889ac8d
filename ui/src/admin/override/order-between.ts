const step = 10;
const largest = 100_000;

/** Orders to write so that the item at `from` stands at `to`: its own only, or all of them when there is no room. */
export const reorder = (
  items: readonly { readonly id: string; readonly order: number }[],
  from: number,
  to: number,
): ReadonlyMap<string, number> => {
  const moved = items[from];
  if (!moved || from === to) return new Map();
  const others = items.filter((_item, index) => index !== from);
  const before = others[to - 1]?.order ?? -1;
  const after = others[to]?.order ?? before + 2 * step;
  const between = Math.floor((before + after) / 2);
  if (between > before && between < after && between <= largest) return new Map([[moved.id, between]]);
  const all = [...others.slice(0, to), moved, ...others.slice(to)];
  return new Map(
    all
      .map((item, index) => [item.id, (index + 1) * step, item.order] as const)
      .filter(([, wanted, order]) => wanted !== order)
      .map(([id, wanted]) => [id, wanted]),
  );
};

/** Order of an item that is added at the end. */
export const orderAtEnd = (items: readonly { readonly order: number }[]): number =>
  Math.min(largest, Math.max(0, ...items.map(({ order }) => order)) + step);
