import { z } from 'zod';

/**
 * A condition over a flat record: the one small language of event rules, list filters and the event-log query box.
 * It is plain data, so that it can be stored, shown, compiled to SQL and to a predicate.
 */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly field: string; readonly is: readonly string[] }
  | { readonly field: string; readonly startsWith: string }
  | { readonly field: string; readonly contains: string };

const name = z.string().min(1).max(100);
const operand = z.string().max(1000);
const maxDepth = 8;

const conditionAt = (depth: number): z.ZodType<Condition> => {
  const leaves = [
    z.strictObject({ field: name, is: z.array(operand).min(1).max(100) }),
    z.strictObject({ field: name, startsWith: operand }),
    z.strictObject({ field: name, contains: operand }),
  ] as const;
  if (depth === 0) return z.union(leaves);
  const inner = z.lazy(() => conditionAt(depth - 1));
  return z.union([
    ...leaves,
    z.strictObject({ all: z.array(inner).max(50) }),
    z.strictObject({ any: z.array(inner).max(50) }),
    z.strictObject({ not: inner }),
  ]);
};

/** Schema of a condition: at most eight levels, fifty parts a level, a hundred values a comparison. */
export const conditionSchema = conditionAt(maxDepth);

/** Names of the fields a condition reads. */
export const fieldsOf = (condition: Condition): readonly string[] => {
  if ('all' in condition) return condition.all.flatMap(fieldsOf);
  if ('any' in condition) return condition.any.flatMap(fieldsOf);
  if ('not' in condition) return fieldsOf(condition.not);
  return [condition.field];
};

/** Whether a record meets a condition. An absent field equals no value; an empty `all` is true, an empty `any` false. */
export const meets = (condition: Condition, record: Readonly<Record<string, string | null>>): boolean => {
  if ('all' in condition) return condition.all.every((part) => meets(part, record));
  if ('any' in condition) return condition.any.some((part) => meets(part, record));
  if ('not' in condition) return !meets(condition.not, record);
  const value = record[condition.field] ?? null;
  if (value === null) return false;
  if ('is' in condition) return condition.is.includes(value);
  if ('startsWith' in condition) return value.startsWith(condition.startsWith);
  return value.includes(condition.contains);
};
