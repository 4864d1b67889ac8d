import { foldCase } from './text-comparison.js';
import { valuesAt } from './record-path.js';

/** What a search that names no field looks through. */
export const searchedFields = [
  'action',
  'actor.label',
  'target.label',
  'client.ip',
  'reason',
  'context',
  'changes',
] as const;

/** Characters of a word that count; the rest of a longer one is left out. */
export const wordLength = 60;

/** What ends a word: blanks, and what addresses, names and lists are joined and enclosed by. Few, for the sake of the database. */
export const wordSeparators = ' \t\n\r"\\,;:.-_/@()[]{}=&?+';
const separated = new RegExp(`[${wordSeparators.replace(/[\\\]\[-]/g, '\\$&')}]+`);

/** The words of a text: what stands between separators, A to Z as a to z. */
export const wordsOf = (text: string): readonly string[] =>
  foldCase(text)
    .split(separated)
    .filter((word) => word !== '')
    .map((word) => Array.from(word).slice(0, wordLength).join(''));

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Whether each word of a search begins a word of the record. */
export const beginsWords = (search: string, record: object): boolean => {
  const words = searchedFields.flatMap((field) =>
    valuesAt(record, field).flatMap((value) => wordsOf(textOf(value))),
  );
  return wordsOf(search).every((wanted) => words.some((word) => word.startsWith(wanted)));
};
