import type { z } from 'zod';
import type { Actor } from '../domain/kernel/actor.js';
import type { ClientInfo, Via } from '../domain/kernel/event.js';
import type { Access, Rights } from '../domain/kernel/rights.js';
import type { UnitOfWork } from './unit-of-work.js';

/** Who runs a command, for whom, from where. Made once per request. */
export interface CommandContext {
  readonly actor: Actor;
  /** The impersonated person, while `actor` is the administrator. */
  readonly onBehalfOf: Actor | null;
  readonly rights: Rights;
  readonly sessionId: string | null;
  /** When the actor signed in to this session; null without one. */
  readonly authenticatedAt: Date | null;
  readonly brandId: string | null;
  readonly via: Via;
  readonly client: ClientInfo | null;
  /** Origin under which the request reached the product; absent where no request is behind it. */
  readonly origin?: string;
  readonly requestId: string | null;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Why, in the actor's words; demanded by some commands. */
  readonly reason: string | null;
  /** Given when a repetition must get the first answer: a client's idempotency key, or a step of a flow. */
  readonly commandId: string | null;
}

/** One use case. `run` decides and stages events in the unit of work; nothing else writes. */
export interface Command<Input, Output> {
  readonly name: string;
  readonly input: z.ZodType<Input>;
  /** What the actor must hold; a function where own objects ask for less than those of others. */
  readonly access: Access | ((input: Input, rights: Rights) => Access);
  /** Refused while somebody is impersonating: credentials, tokens, consent. */
  readonly touchesCredentials?: boolean;
  /** Demands a browser session whose owner signed in within the last minutes. */
  readonly needsFreshLogin?: boolean | ((input: Input, context: CommandContext) => boolean);
  /** Carried out although a blocking sink is behind: it mends that, shows what happened, or is somebody's own affair. */
  readonly passesBlockade?: boolean | ((input: Input, context: CommandContext) => boolean);
  /** Running twice before the append harms nothing, so that no look for an earlier answer is needed first. */
  readonly repeatsSafely?: boolean;
  /** How long the answer is remembered for repetitions; a day unless told. */
  readonly rememberMs?: number;
  readonly run: (unit: UnitOfWork, input: Input) => Promise<Output>;
}

/** Declares a command. */
export const defineCommand = <Input, Output>(command: Command<Input, Output>): Command<Input, Output> =>
  command;
