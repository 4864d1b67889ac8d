import type { z } from 'zod';
import type { StartedSession } from '../access/start-session.js';
import type { Challenge, ChallengeError } from '../../domain/flow/challenge.js';
import type { Execution, PlanContext, PlannedStage } from '../../domain/flow/execution.js';
import type { FlowObject } from '../../domain/flow/planner.js';
import type { ConfigObject } from '../../domain/kernel/config-view.js';
import type { Fields, Model, StateOf } from '../../domain/kernel/model.js';
import type { UserRecord } from '../ports.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Visitor } from './visitor.js';

/** What a stage can see while it runs. */
export interface StageRun<State = Readonly<Record<string, unknown>>> {
  readonly unit: UnitOfWork;
  readonly flow: FlowObject;
  readonly stage: ConfigObject<State>;
  readonly execution: Execution;
  readonly context: PlanContext;
  readonly visitor: Visitor;
  /** The pending user, else the one who is signed in; read once per answer. */
  readonly user: () => Promise<UserRecord | null>;
}

/** What the browser must be told besides the next challenge. */
export interface FlowEffects {
  readonly session?: StartedSession;
  readonly signedOut?: boolean;
  /** Authorization request that has its answer: it is not answered a second time. */
  readonly answeredRequest?: string;
}

export type StageResult =
  | { readonly kind: 'ask'; readonly challenge: Challenge }
  | {
      readonly kind: 'solved';
      readonly context?: Partial<PlanContext>;
      readonly effects?: FlowEffects;
      readonly insert?: readonly PlannedStage[];
    }
  | { readonly kind: 'retry'; readonly errors: Readonly<Record<string, readonly ChallengeError[]>> }
  | { readonly kind: 'refused'; readonly message: string };

/** What a stage of the server's own, which no configuration describes, sees as its object. */
export const serverObject: ConfigObject = {
  model: { name: 'server', category: 'server' } as Model,
  id: 'server',
  values: {},
  revision: 0,
  position: 0n,
  createdAt: new Date(0),
  changedAt: new Date(0),
};

/** How a stage asks and understands. */
export interface StageSteps {
  /** The stage's turn has come: ask something, or do its work without asking. */
  readonly enter: (run: StageRun) => Promise<StageResult>;
  readonly answer: (run: StageRun, response: Readonly<Record<string, unknown>>) => Promise<StageResult>;
}

/** The steps of one kind of stage. */
export interface StageBehaviour extends StageSteps {
  readonly model: Model;
}

export const defineStage = <F extends Fields>(
  model: Model<F>,
  behaviour: {
    readonly enter: (run: StageRun<StateOf<F>>) => Promise<StageResult>;
    readonly answer?: (
      run: StageRun<StateOf<F>>,
      response: Readonly<Record<string, unknown>>,
    ) => Promise<StageResult>;
  },
): StageBehaviour => ({
  model: model,
  enter: (run) => behaviour.enter(run as unknown as StageRun<StateOf<F>>),
  answer: (run, response) =>
    behaviour.answer
      ? behaviour.answer(run as unknown as StageRun<StateOf<F>>, response)
      : behaviour.enter(run as unknown as StageRun<StateOf<F>>),
});

export const ask = (challenge: Challenge): StageResult => ({ kind: 'ask', challenge });
export const solved = (context: Partial<PlanContext> = {}, effects: FlowEffects = {}): StageResult => ({
  kind: 'solved',
  context,
  effects,
});
export const retry = (field: string, string: string, code = 'invalid'): StageResult => ({
  kind: 'retry',
  errors: { [field]: [{ string, code }] },
});
export const refused = (message: string): StageResult => ({ kind: 'refused', message });

/** Parses a response; a malformed one asks again, with the complaint at its field. */
export const readResponse = <T>(
  schema: z.ZodType<T>,
  response: unknown,
): { readonly value: T } | { readonly result: StageResult } => {
  const parsed = schema.safeParse(response);
  if (parsed.success) return { value: parsed.data };
  const errors: Record<string, ChallengeError[]> = {};
  for (const issue of parsed.error.issues) {
    const field = String(issue.path[0] ?? 'non_field_errors');
    (errors[field] ??= []).push({
      string: issue.message,
      code: issue.code === 'too_small' ? 'required' : 'invalid',
    });
  }
  return { result: { kind: 'retry', errors } };
};
