import { z } from 'zod';
import { exportFormats } from '../../domain/audit/export.js';
import { parseQuery } from '../../domain/audit/query-text.js';
import { QueryError } from '../../domain/audit/query-tokens.js';
import type { Condition } from '../../domain/kernel/condition/condition.js';
import { fieldError } from '../../domain/kernel/errors.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());

/**
 * Allows to take entries out of the event log, and records that before the first one goes. Permission `view_event`.
 * Appends `activity.audit.exported`. Answers the condition of the query; throws `INVALID_INPUT` on `query` when it cannot be read.
 */
export const exportEventLogCommand = defineCommand({
  name: 'exportEventLog',
  input: z.strictObject({
    format: z.enum(exportFormats),
    query: z.string().max(4000).default(''),
    from: moment.nullable().default(null),
    to: moment.nullable().default(null),
  }),
  access: permission('view_event'),
  passesBlockade: true,
  run: (unit, { format, query, from, to }) => {
    const condition = conditionOf(query, unit.now);
    const { actor } = unit.context;
    unit.record({
      type: 'activity.audit.exported',
      data: {
        subject: actor.type === 'user' ? actor.id : 'operators',
        userId: actor.type === 'user' ? actor.id : null,
        format,
        query: query === '' ? null : query,
        from,
        to,
      },
    });
    return Promise.resolve({ condition, format, from, to });
  },
});

const conditionOf = (query: string, now: Date): Condition => {
  try {
    return parseQuery(query, now);
  } catch (error) {
    throw error instanceof QueryError ? fieldError('INVALID_INPUT', 'query', error.message) : error;
  }
};
