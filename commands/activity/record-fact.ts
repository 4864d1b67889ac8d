import { z } from 'zod';
import type { ActivityEvent } from '../../domain/activity/events.js';
import { anybody } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';

/** Records one fact that no aggregate stands behind, such as a refusal by a protocol endpoint. */
export const recordFactCommand = defineCommand({
  name: 'recordFact',
  input: z.custom<ActivityEvent>(() => true),
  access: anybody('what is recorded is decided by the caller, never by the client'),
  run: (unit, fact) => {
    unit.record(fact);
    return Promise.resolve();
  },
});
