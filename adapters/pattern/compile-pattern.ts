import { RE2JS } from 're2js';

type Matcher = (value: string) => boolean;

const maxPatternLength = 500;
const maxCached = 1000;
const compiled = new Map<string, Matcher | null>();

/** Compiles a pattern for whole values in an engine that needs linear time, whatever the pattern. */
export const compilePattern = (pattern: string): Matcher | null => {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const matcher = compile(pattern);
  if (compiled.size >= maxCached) compiled.clear();
  compiled.set(pattern, matcher);
  return matcher;
};

const compile = (pattern: string): Matcher | null => {
  if (pattern.length > maxPatternLength) return null;
  try {
    const expression = RE2JS.compile(pattern);
    return (value) => expression.matches(value);
  } catch {
    return null;
  }
};
