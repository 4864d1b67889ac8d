interface Searchable {
  readonly name: string;
  readonly slug: string;
  readonly group: string;
  readonly publisher: string;
  readonly description: string;
}

/** How much a hit counts, by where it is. */
const weights: readonly (readonly [keyof Searchable, number])[] = [
  ['name', 3],
  ['slug', 0.5],
  ['group', 0.5],
  ['publisher', 0.5],
  ['description', 0.5],
];

/** From 0, not at all, to 1, the same: a word at the start of a word beats one inside, that beats scattered letters. */
const likeness = (text: string, wanted: string): number => {
  const at = text.indexOf(wanted);
  if (at === 0) return 0.8 + (0.2 * wanted.length) / text.length;
  if (at > 0) return /[^\p{L}\p{N}]/u.test(text[at - 1] ?? '') ? 0.7 : 0.5;
  let from = 0;
  for (const letter of wanted) {
    const found = text.indexOf(letter, from);
    if (found < 0) return 0;
    from = found + 1;
  }
  // Scattered letters mean something only while they stand close together.
  return wanted.length / from >= 0.5 ? 0.2 : 0;
};

const scoreOf = (item: Searchable, wanted: string): number =>
  Math.max(...weights.map(([field, weight]) => weight * likeness(item[field].toLowerCase(), wanted)));

/** What fits a search, best first; everything, in its own order, while nothing is asked. */
export const bestMatches = <T extends Searchable>(items: readonly T[], search: string): readonly T[] => {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return items;
  return items
    .map((item) => ({ item, score: scoreOf(item, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
};
