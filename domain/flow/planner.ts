import type { ConfigObject, ConfigView } from '../kernel/config-view.js';
import type { StateOf } from '../kernel/model.js';
import { evaluateBindings, type PolicyFacts } from '../policy/engine.js';
import type { PlannedStage } from './execution.js';
import type { flow } from './model.js';
import { stageBinding } from './stage-binding/model.js';

export type FlowObject = ConfigObject<StateOf<(typeof flow)['fields']>>;

export type Planned =
  | { readonly applies: true; readonly stages: readonly PlannedStage[] }
  | { readonly applies: false; readonly because: 'requirement' | 'policy' };

/** Who asks for the flow. */
export interface Requester {
  readonly authenticated: boolean;
  readonly superuser: boolean;
}

const meetsRequirement = (flowObject: FlowObject, requester: Requester): boolean => {
  switch (flowObject.values.authentication) {
    case 'none':
      return true;
    case 'require_authenticated':
      return requester.authenticated;
    case 'require_unauthenticated':
      return !requester.authenticated;
    case 'require_superuser':
      return requester.superuser;
  }
};

/** The stages of a flow for one person at this moment. A requirement or policy that is not met refuses the whole flow. */
export const planFlow = (
  config: ConfigView,
  flowObject: FlowObject,
  requester: Requester,
  facts: PolicyFacts,
): Planned => {
  if (!meetsRequirement(flowObject, requester)) return { applies: false, because: 'requirement' };
  if (!evaluateBindings(config, flowObject.id, flowObject.values.policyEngineMode, facts).passing)
    return { applies: false, because: 'policy' };
  const bindings = config
    .referrers(flowObject.id)
    .filter(({ object, field }) => field === 'target' && object.model.name === stageBinding.name)
    .map(({ object }) => config.get(stageBinding, object.id)!)
    .sort((a, b) => a.values.order - b.values.order || (a.id < b.id ? -1 : 1));
  const stages = bindings
    .filter(
      (binding) =>
        !binding.values.evaluateOnPlan ||
        evaluateBindings(config, binding.id, binding.values.policyEngineMode, facts).passing,
    )
    .map((binding): PlannedStage => ({
      from: 'binding',
      bindingId: binding.id,
      stageId: binding.values.stage,
      reEvaluate: binding.values.reEvaluatePolicies,
    }));
  return { applies: true, stages };
};

/** Whether a planned stage applies when its turn comes. A stage or binding that is gone no longer applies to nobody: it denies. */
export const stageApplies = (
  config: ConfigView,
  planned: PlannedStage,
  facts: PolicyFacts,
): 'yes' | 'skip' | 'deny' => {
  if (planned.from === 'server') return 'yes';
  const binding = config.get(stageBinding, planned.bindingId);
  if (!binding || !config.byId(planned.stageId)) return 'deny';
  if (!planned.reEvaluate) return 'yes';
  return evaluateBindings(config, binding.id, binding.values.policyEngineMode, facts).passing
    ? 'yes'
    : 'skip';
};
