import type { Model } from './model.js';
import type { Values } from './model-events.js';

/** A value that one stream holds alone. `kind` is the name space; an empty scope inside `value` is left out. */
export interface Claim {
  readonly kind: string;
  readonly value: string;
}

/** One normal form for every identifier that is stored, compared, looked up or counted. */
export const normalise = (value: string): string => value.normalize('NFKC').trim().toLowerCase();

/** The claims that a state of a model holds. Pure, so that a replay of the log rebuilds them. */
export const claimsOf = (model: Model, values: Values): Claim[] =>
  model.unique.flatMap((rule): Claim[] => {
    if (typeof rule === 'object' && 'onlyOne' in rule)
      return values[rule.onlyOne] === true
        ? [{ kind: `${model.category}.${rule.onlyOne}`, value: 'true' }]
        : [];
    const fields = typeof rule === 'string' ? [rule] : rule.fields;
    const parts = fields.map((field) => values[field]);
    if (parts.some((part) => part === null || part === undefined || part === '')) return [];
    return [
      {
        kind: `${model.category}.${fields.join('+')}`,
        value: parts.map((part) => normalise(String(part))).join('\u001f'),
      },
    ];
  });

/** What to take and what to release when a state follows another. */
export const claimChanges = (
  before: readonly Claim[],
  after: readonly Claim[],
): { take: Claim[]; release: Claim[] } => {
  const key = (claim: Claim): string => `${claim.kind} ${claim.value}`;
  const had = new Set(before.map(key));
  const has = new Set(after.map(key));
  return {
    take: after.filter((claim) => !had.has(key(claim))),
    release: before.filter((claim) => !has.has(key(claim))),
  };
};
