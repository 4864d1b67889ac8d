import { z } from 'zod';
import type { Execution } from '../../domain/flow/execution.js';
import { emptyContext, type PlanContext, type PlannedStage } from '../../domain/flow/execution.js';
import { leadsToLogout } from '../../domain/flow/ends-session.js';
import { flow as flowModel } from '../../domain/flow/model.js';
import { isSafeNext } from '../../domain/flow/next.js';
import type { FlowObject } from '../../domain/flow/planner.js';
import { accessDenied, type ChallengeError } from '../../domain/flow/challenge.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { anybody } from '../../domain/kernel/rights.js';
import { defineCommand, type CommandContext } from '../command.js';
import { takeRequest } from '../oauth2/pending-request.js';
import { execute } from '../pipeline.js';
import type { Ports } from '../ports.js';
import { visitorSubject } from '../unit-of-work.js';
import { StageRunner, type Advanced } from './run-stages.js';
import type { FlowEffects } from './stage-behaviour.js';
import type { Visitor } from './visitor.js';

const idleMs = 30 * 60_000;

/** A step of a flow as the browser sees it. */
export interface FlowStep {
  readonly execution: Execution;
  readonly effects: FlowEffects;
  readonly position: bigint | null;
}

const internal = <T>(): z.ZodType<T> => z.custom<T>(() => true);

interface StartInput {
  readonly flow: FlowObject;
  readonly execution: Execution;
  readonly visitor: Visitor;
  readonly unsafeNext: string | null;
}

const startFlow = defineCommand({
  name: 'startFlow',
  input: internal<StartInput>(),
  access: anybody('flows decide by their own requirement and policies'),
  run: async (unit, { flow, execution, visitor, unsafeNext }): Promise<Advanced> => {
    if (unsafeNext === null) return new StageRunner(unit, flow, visitor).start(execution);
    if (unit.ports.floods.admit('unsafe_next', flow.id, visitor.ip ?? ''))
      unit.record({
        type: 'activity.request.refused',
        data: {
          code: 'unsafe_next',
          subject: visitorSubject(unit.now),
          userId: null,
          detail: { next: unsafeNext.slice(0, 500) },
        },
      });
    return {
      execution: {
        ...execution,
        status: 'denied',
        pending: { challenge: accessDenied('Invalid next URL'), errors: {} },
      },
      effects: {},
    };
  },
});

interface AnswerInput {
  readonly flow: FlowObject;
  readonly execution: Execution;
  readonly visitor: Visitor;
  readonly response: Readonly<Record<string, unknown>>;
}

const answerChallenge = defineCommand({
  name: 'answerChallenge',
  input: internal<AnswerInput>(),
  access: anybody('flows decide by their own requirement and policies'),
  repeatsSafely: true,
  run: (unit, { flow, execution, visitor, response }): Promise<Advanced> =>
    new StageRunner(unit, flow, visitor).answer(execution, response),
});

/** An address on the way through a flow must not become a way to sign somebody out. */
const mayContinueTo = (ports: Ports, next: string, visitor: Visitor): boolean =>
  isSafeNext(next, visitor.ownOrigins) && !leadsToLogout(ports.config, next);

const blank = (ports: Ports, flow: FlowObject, start: FlowStart): Execution => ({
  id: ports.ids.next('execution'),
  flowId: flow.id as never,
  step: 0,
  stages: start.append ?? [],
  record: [],
  context: { ...emptyContext, ...start.context },
  next: start.next !== null && mayContinueTo(ports, start.next, start.visitor) ? start.next : null,
  failures: 0,
  restarts: 0,
  status: 'open',
  pending: { challenge: accessDenied(null), errors: {} },
});

export interface FlowStart {
  readonly slug: string;
  readonly next: string | null;
  readonly visitor: Visitor;
  /** What the server knows beforehand: application, final redirect. */
  readonly context?: Partial<PlanContext>;
  /** Stages that follow those of the flow. */
  readonly append?: readonly PlannedStage[];
}

const save = async (
  ports: Ports,
  visitor: Visitor,
  execution: Execution,
  previousStep: number | null,
): Promise<boolean> => {
  const record = {
    id: execution.id,
    flowId: execution.flowId,
    browserHash: visitor.browserHash,
    step: execution.step,
    state: ports.sealer.sealState(execution.id, execution),
    expiresAt: new Date(ports.clock.now().getTime() + idleMs),
  };
  if (previousStep !== null) return ports.executions.advance(record, previousStep);
  await ports.executions.create(record);
  return true;
};

const forgetAnswered = async (ports: Ports, { answeredRequest }: FlowEffects): Promise<void> => {
  if (answeredRequest !== undefined) await takeRequest(ports, answeredRequest);
};

/** Starts a run of a flow for a browser. Throws `NOT_FOUND` for an unknown slug, `StoreUnavailable`. */
export const openExecution = async (
  ports: Ports,
  start: FlowStart,
  context: CommandContext,
): Promise<FlowStep> => {
  const flow = ports.config.find(flowModel, 'slug', start.slug);
  if (!flow) throw new DomainError('NOT_FOUND');
  const execution = blank(ports, flow, start);
  const unsafeNext = start.next !== null && execution.next === null ? start.next : null;
  const { output, position } = await execute(
    ports,
    startFlow,
    { flow, execution, visitor: start.visitor, unsafeNext },
    context,
  );
  await save(ports, start.visitor, output.execution, null);
  await forgetAnswered(ports, output.effects);
  return { ...output, position };
};

/** A browser's own run, or null when it is unknown, over, or of somebody else. */
export const loadExecution = async (
  ports: Ports,
  id: string,
  visitor: Visitor,
): Promise<Execution | null> => {
  const record = await ports.executions.load(id);
  if (record?.browserHash !== visitor.browserHash || record.expiresAt <= ports.clock.now()) return null;
  return ports.sealer.openState(record.id, record.state) as Execution;
};

const fieldOf = (path: string): string => (path === '' ? 'non_field_errors' : path);

/** A refusal of what was typed leaves the run where it stands and is shown at the fields. */
const refusedInput = (execution: Execution, error: DomainError): Execution => {
  const errors: Record<string, ChallengeError[]> = {};
  for (const field of error.fields)
    (errors[fieldOf(field.path)] ??= []).push({ string: field.message, code: field.code.toLowerCase() });
  if (error.fields.length === 0)
    errors['non_field_errors'] = [{ string: error.message, code: error.code.toLowerCase() }];
  return {
    ...execution,
    step: execution.step + 1,
    pending: { challenge: execution.pending.challenge, errors },
  };
};

const inputRefusals = new Set([
  'INVALID_INPUT',
  'CLAIM_TAKEN',
  'PASSWORD_UNSUITABLE',
  'SETUP_COMPLETED',
  'REVISION_CONFLICT',
]);

/**
 * Applies an answer to a run. One step is one command: a repeated answer gets the first answer, of two at the same
 * time one wins and the other sees the question that then stands. Throws `RATE_LIMITED`, `StoreUnavailable`.
 */
export const answerExecution = async (
  ports: Ports,
  execution: Execution,
  visitor: Visitor,
  response: Readonly<Record<string, unknown>>,
  context: CommandContext,
): Promise<FlowStep> => {
  if (execution.status !== 'open') return { execution, effects: {}, position: null };
  const flow = ports.config.get(flowModel, execution.flowId);
  if (!flow) throw new DomainError('NOT_FOUND');
  const commandId = ports.ids.named('command', `${execution.id}/${String(execution.step)}`);
  const step = await advance(ports, { flow, execution, visitor, response }, { ...context, commandId });
  const first = await save(ports, visitor, step.execution, execution.step);
  await forgetAnswered(ports, step.effects);
  if (first) return step;
  const present = await loadExecution(ports, execution.id, visitor);
  return { execution: present ?? execution, effects: step.effects, position: step.position };
};

const advance = async (ports: Ports, input: AnswerInput, context: CommandContext): Promise<FlowStep> => {
  try {
    const { output, position } = await execute(ports, answerChallenge, input, context);
    return { ...output, position };
  } catch (error) {
    if (!(error instanceof DomainError) || !inputRefusals.has(error.code)) throw error;
    return { execution: refusedInput(input.execution, error), effects: {}, position: null };
  }
};
