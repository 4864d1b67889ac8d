import { text } from '../../kernel/field.js';
import { stage } from '../family.js';

/** Ends the flow with a refusal. */
export const denyStage = stage.kind('deny', {
  fields: { denyMessage: text({ min: 0, max: 500, default: '' }) },
});
