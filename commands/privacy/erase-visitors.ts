import { z } from 'zod';
import { permission } from '../../domain/kernel/rights.js';
import { shredSubject, subject } from '../../domain/privacy/subject.js';
import { defineCommand } from '../command.js';

/**
 * Erases what is personal about the visitors of a month, when the retention of activity has ended. Permission `erase_user`.
 * Appends `subject.shredded`, once. Throws `LEGAL_HOLD`.
 */
export const eraseVisitorsCommand = defineCommand({
  name: 'eraseVisitors',
  input: z.strictObject({ subject: z.string().regex(/^visitor-\d{6}$/) }),
  access: permission('erase_user'),
  run: async (unit, { subject: visitors }) => {
    const state = await unit.load(subject, visitors);
    const keyDigest = await unit.ports.subjects.digestOf(visitors);
    unit.append(
      'subject',
      visitors,
      shredSubject(state, {
        subject: visitors,
        keyDigest,
        requestedBy: 'retention',
        legalBasis: 'retention_ended',
      }),
    );
    return null;
  },
});
