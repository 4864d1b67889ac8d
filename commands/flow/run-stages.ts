import {
  accessDenied,
  redirectTo,
  type Challenge,
  type ChallengeError,
} from '../../domain/flow/challenge.js';
import {
  maxRestarts,
  type Execution,
  type PlanContext,
  type PlannedStage,
  type StageRecord,
} from '../../domain/flow/execution.js';
import { planFlow, stageApplies, type FlowObject } from '../../domain/flow/planner.js';
import { stageBinding } from '../../domain/flow/stage-binding/model.js';
import { effectiveGroups, groupTree, isSuperuser } from '../../domain/directory/group/effective-groups.js';
import { policyBinding } from '../../domain/policy/binding/model.js';
import { builtinPolicy } from '../../domain/policy/builtin/model.js';
import { nobody, type PolicyFacts, type Subject } from '../../domain/policy/engine.js';
import type { Id } from '../../domain/kernel/ids.js';
import type { UserRecord } from '../ports.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { firstAdministratorId } from '../bootstrap/bootstrap-id.js';
import { mayCompleteSetup } from './setup-code.js';
import { serverStages, stageBehaviours } from './stage-behaviours.js';
import {
  serverObject,
  type FlowEffects,
  type StageResult,
  type StageRun,
  type StageSteps,
} from './stage-behaviour.js';
import type { Visitor } from './visitor.js';

const deniedText = 'Flow does not apply to current user.';

/** The run after a step, and what the browser must be told besides. */
export interface Advanced {
  readonly execution: Execution;
  readonly effects: FlowEffects;
}

/** Walks one run of a flow: from where it stands to the next question, or to its end. */
export class StageRunner {
  readonly #unit: UnitOfWork;
  readonly #flow: FlowObject;
  readonly #visitor: Visitor;
  readonly #users = new Map<string, Promise<UserRecord | null>>();
  #effects: FlowEffects = {};

  constructor(unit: UnitOfWork, flow: FlowObject, visitor: Visitor) {
    this.#unit = unit;
    this.#flow = flow;
    this.#visitor = visitor;
  }

  /** Plans the flow and goes to its first question. */
  async start(execution: Execution): Promise<Advanced> {
    const facts = await this.#facts(execution.context);
    const signedIn = this.#visitor.session ? await this.#load(this.#visitor.session.userId) : null;
    const requester = {
      authenticated: signedIn?.isActive === true,
      superuser: signedIn !== null && isSuperuser(groupTree(this.#unit.ports.config), signedIn.groupIds),
    };
    const planned = planFlow(this.#unit.ports.config, this.#flow, requester, facts);
    if (!planned.applies)
      return this.#notApplicable(execution, planned.because === 'requirement' && requester.authenticated);
    const context = facts.setupOpen ? await this.#setupContext(execution.context) : execution.context;
    return this.#enter({ ...execution, stages: [...planned.stages, ...execution.stages], context });
  }

  /** Applies an answer to the stage that asked. */
  async answer(execution: Execution, response: Readonly<Record<string, unknown>>): Promise<Advanced> {
    const [stage, ...rest] = execution.stages;
    if (!stage || execution.status !== 'open') return { execution, effects: {} };
    const next = { ...execution, step: execution.step + 1 };
    if (response['component'] !== execution.pending.challenge.component)
      return this.#done(
        this.#withErrors(next, {
          non_field_errors: [{ string: 'The answer does not belong to this step.', code: 'invalid' }],
        }),
      );
    const run = this.#run(next, stage);
    if (!run) return this.#refuse(next, stage, deniedText);
    return this.#apply(next, stage, rest, await run.behaviour.answer(run.run, response));
  }

  async #apply(
    execution: Execution,
    stage: PlannedStage,
    rest: readonly PlannedStage[],
    result: StageResult,
  ): Promise<Advanced> {
    switch (result.kind) {
      case 'ask':
        return this.#done({ ...execution, pending: { challenge: result.challenge, errors: {} } });
      case 'retry':
        return this.#done(
          this.#withErrors({ ...execution, failures: execution.failures + 1 }, result.errors),
        );
      case 'refused':
        return this.#refuse(execution, stage, result.message);
      case 'solved':
        this.#effects = { ...this.#effects, ...result.effects };
        return this.#enter({
          ...execution,
          failures: 0,
          stages: [...(result.insert ?? []), ...rest],
          record: [...execution.record, recordOf(stage, 'solved')],
          context: { ...execution.context, ...result.context },
        });
    }
  }

  async #enter(from: Execution): Promise<Advanced> {
    const [stage, ...rest] = from.stages;
    if (!stage) return this.#complete(from);
    const applies = stageApplies(this.#unit.ports.config, stage, await this.#facts(from.context));
    if (applies === 'skip')
      return this.#enter({ ...from, stages: rest, record: [...from.record, recordOf(stage, 'skipped')] });
    const run = applies === 'deny' ? null : this.#run(from, stage);
    if (!run) return this.#refuse(from, stage, deniedText);
    return this.#apply(from, stage, rest, await run.behaviour.enter(run.run));
  }

  #run(execution: Execution, stage: PlannedStage): { behaviour: StageSteps; run: StageRun } | null {
    const object = stage.from === 'binding' ? (this.#unit.ports.config.byId(stage.stageId) ?? null) : null;
    const behaviour =
      stage.from === 'server' ? serverStages[stage.kind] : object && stageBehaviours.get(object.model.name);
    if (!behaviour) return null;
    const pending = execution.context.pendingUser;
    const userId = pending?.known ? pending.id : pending ? null : (this.#visitor.session?.userId ?? null);
    const run: StageRun = {
      unit: this.#unit,
      flow: this.#flow,
      stage: object ?? serverObject,
      execution,
      context: execution.context,
      visitor: this.#visitor,
      user: () => (userId === null ? Promise.resolve(null) : this.#load(userId)),
    };
    return { behaviour, run };
  }

  /** The stage has said no: its binding may want another try from the beginning, else the run ends. */
  async #refuse(execution: Execution, stage: PlannedStage, message: string): Promise<Advanced> {
    const action =
      stage.from === 'binding'
        ? this.#unit.ports.config.get(stageBinding, stage.bindingId)?.values.invalidResponseAction
        : 'retry';
    const record = [...execution.record, recordOf(stage, 'failed')];
    if (action === undefined || action === 'retry' || execution.restarts >= maxRestarts)
      return this.#deny({ ...execution, record }, message);
    const context = action === 'restart_with_context' ? execution.context : initialContext(execution.context);
    return this.start({
      ...execution,
      record,
      context,
      stages: execution.stages.filter((planned) => planned.from === 'server'),
      failures: 0,
      restarts: execution.restarts + 1,
    });
  }

  #complete(execution: Execution): Advanced {
    const to = execution.context.redirect ?? execution.next ?? '/';
    this.#finished(execution, 'completed');
    return this.#done(end(execution, 'completed', redirectTo(to)));
  }

  #deny(execution: Execution, message: string | null): Advanced {
    this.#finished(execution, 'denied');
    return this.#done(end(execution, 'denied', accessDenied(message)));
  }

  /** The flow is not for this visitor: its denied action says what happens. */
  #notApplicable(execution: Execution, signedInAlready: boolean): Advanced {
    const { deniedAction, designation } = this.#flow.values;
    if (signedInAlready && designation === 'authentication')
      return this.#done(end(execution, 'completed', redirectTo(execution.next ?? '/')));
    if (deniedAction === 'continue')
      return this.#done(end(execution, 'denied', redirectTo(execution.next ?? '/')));
    if (deniedAction === 'message_continue' && execution.next !== null)
      return this.#done(end(execution, 'denied', redirectTo(execution.next)));
    return this.#deny(execution, deniedText);
  }

  #finished(execution: Execution, outcome: 'completed' | 'denied'): void {
    const pending = execution.context.pendingUser;
    // Of strangers who have proved nothing there may be as many as they like.
    const isStrangers = !this.#visitor.session && (outcome === 'denied' || !pending?.known);
    const { floods } = this.#unit.ports;
    if (isStrangers && !floods.admit('flow', this.#flow.id, this.#visitor.ip ?? '')) return;
    this.#unit.record({
      type: 'activity.flow.finished',
      data: {
        flowId: this.#flow.id as Id<'flow'>,
        executionId: execution.id,
        outcome,
        userId: pending?.known ? pending.id : (this.#visitor.session?.userId ?? null),
        applicationId: execution.context.applicationId,
        stages: [...execution.record],
      },
    });
  }

  #done(execution: Execution): Advanced {
    return { execution, effects: this.#effects };
  }

  #withErrors(execution: Execution, errors: Readonly<Record<string, readonly ChallengeError[]>>): Execution {
    return { ...execution, pending: { challenge: execution.pending.challenge, errors } };
  }

  #load(userId: string): Promise<UserRecord | null> {
    const known = this.#users.get(userId);
    if (known) return known;
    const loading = this.#unit.ports.users.byId(userId);
    this.#users.set(userId, loading);
    return loading;
  }

  async #facts(context: PlanContext): Promise<PolicyFacts> {
    const pending = context.pendingUser;
    const userId = pending?.known ? pending.id : pending ? null : (this.#visitor.session?.userId ?? null);
    const user = userId === null || !this.#needsSubject() ? null : await this.#load(userId);
    const subject: Subject = user
      ? { userId: user.id, groupIds: effectiveGroups(groupTree(this.#unit.ports.config), user.groupIds) }
      : nobody;
    return {
      subject,
      setupOpen: this.#guardsSetup() && (await mayCompleteSetup(this.#unit, this.#visitor)),
      passwordVerified: context.passwordVerified,
    };
  }

  /** Only bindings to groups and users look at the person. */
  #needsSubject(): boolean {
    const { config } = this.#unit.ports;
    const targets = [this.#flow.id, ...config.referrers(this.#flow.id).map(({ object }) => object.id)];
    return targets.some((id) =>
      config
        .referrers(id)
        .some(
          ({ object, field }) =>
            field === 'target' && object.model.name === 'policy_binding' && object.values['policy'] === null,
        ),
    );
  }

  /** Whether the flow is the one that completes the initial set-up. */
  #guardsSetup(): boolean {
    const { config } = this.#unit.ports;
    return config.referrers(this.#flow.id).some(({ object }) => {
      const policyId = config.get(policyBinding, object.id)?.values.policy ?? null;
      return policyId !== null && config.get(builtinPolicy, policyId)?.values.rule === 'setup_pending';
    });
  }

  async #setupContext(context: PlanContext): Promise<PlanContext> {
    const administrator = await this.#load(firstAdministratorId(this.#unit.ports.ids));
    if (!administrator) return context;
    return { ...context, initialSetup: true, pendingUser: { known: true, id: administrator.id } };
  }
}

const recordOf = (stage: PlannedStage, outcome: StageRecord['outcome']): StageRecord => ({
  stageId: stage.from === 'binding' ? stage.stageId : stage.kind,
  outcome,
});

const end = (execution: Execution, status: 'completed' | 'denied', challenge: Challenge): Execution => ({
  ...execution,
  stages: [],
  status,
  pending: { challenge, errors: {} },
});

/** What stays when a run starts again: what the server put in, nothing that was typed. */
const initialContext = (context: PlanContext): PlanContext => ({
  ...context,
  pendingUser: null,
  typedIdentifier: null,
  promptData: {},
  authMethod: null,
  authMethodArgs: {},
  amr: [],
  passwordVerified: false,
});
