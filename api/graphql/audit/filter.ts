import { conditionProblem } from '../../../domain/audit/query-fields.js';
import { parseQuery } from '../../../domain/audit/query-text.js';
import { QueryError } from '../../../domain/audit/query-tokens.js';
import { conditionSchema, type Condition } from '../../../domain/kernel/condition/condition.js';
import { fieldError } from '../../../domain/kernel/errors.js';
import { parse } from '../../../domain/kernel/validation.js';

export interface FilterInput {
  readonly actions?: readonly string[] | null | undefined;
  readonly severities?: readonly string[] | null | undefined;
  readonly actorId?: string | null | undefined;
  readonly targetType?: string | null | undefined;
  readonly targetId?: string | null | undefined;
  readonly ip?: string | null | undefined;
  readonly query?: string | null | undefined;
  readonly where?: unknown;
}

const equal = (field: string, value: string | null | undefined): Condition[] =>
  value == null || value === '' ? [] : [{ field, is: [value] }];
const oneOf = (field: string, values: readonly string[] | null | undefined): Condition[] =>
  values == null || values.length === 0 ? [] : [{ field, is: values }];

/** The condition of a query's text. Throws `INVALID_INPUT` that tells the place at which it cannot be read. */
const fromText = (query: string, now: Date): Condition => {
  try {
    return parseQuery(query, now);
  } catch (error) {
    throw error instanceof QueryError ? fieldError('INVALID_INPUT', 'filter.query', error.message) : error;
  }
};

/** The filter as a condition. Throws `INVALID_INPUT` on a malformed `where` or `query` and on unknown fields in them. */
export const conditionOf = (filter: FilterInput | null | undefined, now: Date): Condition => {
  if (!filter) return { all: [] };
  const where = filter.where == null ? null : parse(conditionSchema, filter.where, 'filter.where');
  const problem = where === null ? null : conditionProblem(where);
  if (problem !== null) throw fieldError('INVALID_INPUT', 'filter.where', problem);
  return {
    all: [
      ...oneOf('action', filter.actions),
      ...oneOf('severity', filter.severities),
      ...equal('actor.id', filter.actorId),
      ...equal('target.type', filter.targetType),
      ...equal('target.id', filter.targetId),
      ...equal('client.ip', filter.ip),
      ...(where ? [where] : []),
      ...(filter.query == null ? [] : [fromText(filter.query, now)]),
    ],
  };
};
