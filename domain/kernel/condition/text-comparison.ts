/** A to Z as a to z and nothing else: the one folding that databases and programs of all versions agree on. */
export const foldCase = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const numeric = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** Whether a text is a number that can be compared as one. */
export const isNumeric = (text: string): boolean => numeric.test(text);

/** Order of texts by their code points, as a database compares bytes of UTF-8; below 0 when the first comes first. */
export const compareCodePoints = (a: string, b: string): number => {
  const [first, second] = [Array.from(a), Array.from(b)];
  for (const [index, character] of first.entries()) {
    const other = second[index];
    if (other === undefined) return 1;
    if (character !== other) return character.codePointAt(0)! - other.codePointAt(0)!;
  }
  return first.length - second.length;
};

/** Whether a text matches a pattern in which `*` stands for any text and `?` for one character. No backtracking but to the last `*`. */
export const matchesGlob = (text: string, pattern: string): boolean => {
  const [characters, wanted] = [Array.from(text), Array.from(pattern)];
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < characters.length) {
    if (wanted[next] === '*') {
      star = next;
      resume = at;
      next += 1;
    } else if (wanted[next] === '?' || wanted[next] === characters[at]) {
      next += 1;
      at += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      next = star + 1;
    } else return false;
  }
  return wanted.slice(next).every((character) => character === '*');
};
