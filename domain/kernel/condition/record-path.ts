/** One step of a path: a member, and whether any element of the list there is meant. */
export interface PathStep {
  readonly name: string;
  readonly each: boolean;
}

const step = /^([A-Za-z_][A-Za-z0-9_-]*)(\[\])?$/;

/** Whether a text is a path into a record: names with dots between them, `[]` behind those of lists. */
export const isWellFormedPath = (path: string): boolean => path.split('.').every((part) => step.test(part));

/** The steps of a well-formed path. */
export const stepsOf = (path: string): readonly PathStep[] =>
  path.split('.').map((part) => {
    const each = part.endsWith('[]');
    return { name: each ? part.slice(0, -2) : part, each };
  });

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

/** What stands at a path: one value, or one for each element where the path goes through lists. */
export const valuesAt = (record: object, path: string): readonly unknown[] =>
  stepsOf(path).reduce<readonly unknown[]>(
    (values, { name, each }) =>
      values.flatMap((value) => {
        const member = memberOf(value, name);
        if (!each) return [member];
        return Array.isArray(member) ? (member as unknown[]) : [];
      }),
    [record],
  );

/** Texts, numbers and truth values at a path, as texts. */
export const scalarsAt = (record: object, path: string): readonly string[] =>
  valuesAt(record, path).flatMap((value) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [String(value)]
      : [],
  );

/** Whether anything at all stands at a path. */
export const presentAt = (record: object, path: string): boolean =>
  valuesAt(record, path).some((value) => value !== undefined && value !== null);
