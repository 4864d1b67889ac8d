const tints = 8;
const most = 2;

/** The first letters of the first two words of a name. */
export const initialsOf = (name: string): string =>
  name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, most)
    .map((word) => /^./u.exec(word)?.[0].toUpperCase() ?? '')
    .join('') || '?';

/** Which of the colours of the design a name has: always the same one. */
export const tintOf = (name: string): number => {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % tints;
};
