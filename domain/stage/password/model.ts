import { flag, number } from '../../kernel/field.js';
import { stage } from '../family.js';

/** Asks for the password of the person the flow is about. */
export const passwordStage = stage.kind('password', {
  fields: {
    failedAttemptsBeforeCancel: number({ min: 1, max: 100, default: 5 }),
    allowShowPassword: flag({ default: false }),
  },
});
