import { z } from 'zod';
import { conditionSchema } from '../../kernel/condition/condition.js';
import { parseDuration } from '../../kernel/duration.js';
import { isWellFormedPath } from '../../kernel/condition/record-path.js';

const duration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, 'write a duration such as hours=1');

/** The part of a rule that decides when it speaks, as it stands in a form. */
export const ruleDraftSchema = z.strictObject({
  when: conditionSchema,
  trigger: z.enum(['entry', 'count', 'absence']),
  threshold: z.int().min(1).max(1000),
  window: duration,
  groupBy: z.array(z.string().refine(isWellFormedPath, 'write names of fields')).max(3),
  suppressFor: duration.nullable(),
  digestEvery: duration.nullable(),
});

export type RuleDraft = z.output<typeof ruleDraftSchema>;
