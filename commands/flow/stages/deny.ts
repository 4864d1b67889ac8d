import { denyStage } from '../../../domain/stage/deny/model.js';
import { defineStage, refused } from '../stage-behaviour.js';

/** Nobody passes. */
export const deny = defineStage(denyStage, {
  enter: ({ stage, context }) => Promise.resolve(refused(context.denyMessage ?? stage.values.denyMessage)),
});
