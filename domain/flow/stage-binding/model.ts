import { choice, flag, number, ref } from '../../kernel/field.js';
import { defineModel } from '../../kernel/model.js';
import { policyEngineModes } from '../../policy/engine-mode.js';

/** One stage at one place in one flow. Its own policy bindings decide whether the stage applies. */
export const stageBinding = defineModel('stage_binding', {
  fields: {
    target: ref('flow', { onDelete: 'cascade', immutable: true }),
    stage: ref('stage', { onDelete: 'cascade' }),
    order: number({ max: 100_000 }),
    evaluateOnPlan: flag({ default: false }),
    reEvaluatePolicies: flag({ default: true }),
    invalidResponseAction: choice('InvalidResponseAction', ['retry', 'restart', 'restart_with_context'], {
      default: 'retry',
    }),
    policyEngineMode: choice('PolicyEngineMode', policyEngineModes, { default: 'any' }),
  },
  label: 'order',
  unique: [{ fields: ['target', 'stage', 'order'] }],
  rules: [
    {
      fields: ['evaluateOnPlan', 'reEvaluatePolicies'],
      code: 'AT_LEAST_ONE',
      message: 'Evaluate policies when the flow is planned, when the stage is run, or both.',
      holds: (state) => state.evaluateOnPlan || state.reEvaluatePolicies,
    },
  ],
  traits: ['bindable'],
  list: { columns: ['order', 'stage', 'target'], filter: ['target', 'stage'], search: [], order: ['order'] },
});
