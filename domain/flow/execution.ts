import type { Json } from '../kernel/field.js';
import type { Id } from '../kernel/ids.js';
import type { PendingChallenge } from './challenge.js';

/** A stage of a plan: bound in configuration, or put in by the server for this run only. */
export type PlannedStage =
  | {
      readonly from: 'binding';
      readonly bindingId: string;
      readonly stageId: string;
      readonly reEvaluate: boolean;
    }
  | { readonly from: 'server'; readonly kind: 'consent' }
  | { readonly from: 'server'; readonly kind: 'authorize' };

/** An application's request that the run is to answer, once every stage has been passed. */
export interface PendingAuthorization {
  readonly requestId: string;
  /** The application wants the question asked whatever was answered before. */
  readonly askAgain: boolean;
  /** The question has been answered in this run. */
  readonly consented: boolean;
  readonly scopes: readonly string[];
  /** What a consent page says of the scopes. */
  readonly permissions: readonly { readonly id: string; readonly name: string }[];
}

/** The person a run is about: a known user, or somebody who typed a name that leads to none. */
export type PendingUser =
  { readonly known: true; readonly id: Id<'user'> } | { readonly known: false; readonly identifier: string };

/** What the stages of one run know of each other. Plain data, kept sealed. */
export interface PlanContext {
  readonly pendingUser: PendingUser | null;
  /** What was typed to identify oneself; all that is shown until somebody has proved himself. */
  readonly typedIdentifier: string | null;
  /** The user's own name is shown once he has proved himself. */
  readonly showMatchedUser: boolean;
  readonly promptData: Readonly<Record<string, Json>>;
  readonly applicationId: Id<'application'> | null;
  readonly authMethod: string | null;
  readonly authMethodArgs: Readonly<Record<string, Json>>;
  readonly amr: readonly string[];
  readonly passwordVerified: boolean;
  /** Final address set by the server; a client cannot set it. */
  readonly redirect: string | null;
  readonly authorization: PendingAuthorization | null;
  /** Fills the identifier field before anything was typed. */
  readonly loginHint: string | null;
  /** The run completes the initial set-up. */
  readonly initialSetup: boolean;
  readonly denyMessage: string | null;
}

export const emptyContext: PlanContext = {
  pendingUser: null,
  typedIdentifier: null,
  showMatchedUser: true,
  promptData: {},
  applicationId: null,
  authMethod: null,
  authMethodArgs: {},
  amr: [],
  passwordVerified: false,
  redirect: null,
  authorization: null,
  loginHint: null,
  initialSetup: false,
  denyMessage: null,
};

export interface StageRecord {
  readonly stageId: string;
  readonly outcome: 'solved' | 'skipped' | 'failed';
}

/** One run of a flow: what is left to do, what is known, what is being asked. */
export interface Execution {
  readonly id: string;
  readonly flowId: Id<'flow'>;
  /** Counts answers; an answer to an older step is not applied. */
  readonly step: number;
  readonly stages: readonly PlannedStage[];
  readonly record: readonly StageRecord[];
  readonly context: PlanContext;
  readonly next: string | null;
  /** Failed answers to the present stage. */
  readonly failures: number;
  readonly restarts: number;
  readonly status: 'open' | 'completed' | 'denied';
  readonly pending: PendingChallenge;
}

export const maxRestarts = 10;
