import { refs } from '../../kernel/field.js';
import { stage } from '../family.js';

/** Asks for the values of a list of prompts. */
export const promptStage = stage.kind('prompt', {
  fields: { fields: refs('prompt'), validationPolicies: refs('policy') },
});
