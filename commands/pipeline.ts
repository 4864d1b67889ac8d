import { DomainError, fieldError } from '../domain/kernel/errors.js';
import { allows } from '../domain/kernel/rights.js';
import { ClaimTaken, OutcomeUnknown, StoreUnavailable, WrongVersion } from '../domain/kernel/store-errors.js';
import { parse } from '../domain/kernel/validation.js';
import type { Command, CommandContext } from './command.js';
import { isOwnAppend } from './is-own-append.js';
import type { AppendBatch, AppendResult, CommandRecord, Ports } from './ports.js';
import { refuseWhileBlocked } from './sink/refuse-while-blocked.js';
import { UnitOfWork } from './unit-of-work.js';

const maxTries = 3;
const unknownOutcomeMs = 3000;
/** Age up to which a login counts as fresh. */
const freshMs = 5 * 60 * 1000;
const rememberMs = 24 * 60 * 60 * 1000;

/** Answer of a command, and the position at which its events stand (null when it changed nothing). */
export interface Executed<Output> {
  readonly output: Output;
  readonly position: bigint | null;
}

/**
 * Runs one command: validates the input, authorises the actor, lets the command decide, appends everything as one
 * batch. Decisions are repeated at most three times when a stream has moved meanwhile; the same command id gives the
 * same events and the same answer. Throws `DomainError`, `COMMAND_FORGOTTEN` among them when the command was carried out so
 * long ago that its answer is no longer known, or `StoreUnavailable` when nothing could be stored.
 */
export const execute = async <Input, Output>(
  ports: Ports,
  command: Command<Input, Output>,
  rawInput: unknown,
  context: CommandContext,
): Promise<Executed<Output>> => {
  const input = parse(command.input, rawInput);
  requireAccess(command, input, context, ports.clock.now());
  const passes =
    typeof command.passesBlockade === 'function'
      ? command.passesBlockade(input, context)
      : command.passesBlockade === true;
  if (!passes) refuseWhileBlocked(ports, context);
  const commandId = context.commandId ?? ports.ids.next('command');
  const requestHash =
    context.commandId === null || command.repeatsSafely
      ? ''
      : ports.sealer.digest('identifier', command.name, JSON.stringify(input));
  if (context.commandId !== null && !command.repeatsSafely) {
    const known = await ports.store.findCommand(commandId);
    if (known)
      return { output: answerOf<Output>(ports, known.command, requestHash), position: known.position };
  }
  for (let attempt = 1; ; attempt += 1) {
    const unit = new UnitOfWork(ports, context, commandId, attempt);
    const output = await command.run(unit, input);
    if (unit.isEmpty) return { output, position: null };
    const batch = withRecord(
      ports,
      await unit.toBatch(),
      context,
      commandId,
      requestHash,
      output,
      command.rememberMs ?? rememberMs,
    );
    try {
      const result = await appendForCertain(ports, batch);
      if (result.outcome === 'repeated' && result.command)
        return { output: answerOf<Output>(ports, result.command, requestHash), position: result.position };
      const isOther =
        result.outcome === 'repeated' && batch.command !== null && !(await isOwnAppend(ports.store, batch));
      // Somebody carried out the command a while ago and the answer is forgotten: this one never became true.
      if (!isOther) return { output, position: result.position };
      if (attempt >= maxTries) throw new DomainError('COMMAND_FORGOTTEN');
    } catch (error) {
      if (error instanceof ClaimTaken) throw fieldError('CLAIM_TAKEN', unit.pathOfClaim(error.kind));
      if (!(error instanceof WrongVersion) || attempt >= maxTries) throw asConflict(error);
      await pause(5 * attempt + Math.random() * 20);
    }
  }
};

/**
 * Refuses a command that the actor may not run: `UNAUTHENTICATED`, `FORBIDDEN`, `CREDENTIALS_PROTECTED`,
 * `STALE_AUTHENTICATION`.
 */
export const requireAccess = <Input, Output>(
  command: Command<Input, Output>,
  input: Input,
  context: CommandContext,
  now: Date,
): void => {
  const access =
    typeof command.access === 'function' ? command.access(input, context.rights) : command.access;
  if (!allows(context.rights, access))
    throw new DomainError(context.rights.userId === null ? 'UNAUTHENTICATED' : 'FORBIDDEN');
  if (command.touchesCredentials && context.onBehalfOf !== null)
    throw new DomainError('CREDENTIALS_PROTECTED');
  const fresh =
    typeof command.needsFreshLogin === 'function'
      ? command.needsFreshLogin(input, context)
      : command.needsFreshLogin === true;
  if (fresh && context.authenticatedAt === null) throw new DomainError('FORBIDDEN');
  if (fresh && now.getTime() - (context.authenticatedAt?.getTime() ?? 0) > freshMs)
    throw new DomainError('STALE_AUTHENTICATION');
};

const asConflict = (error: unknown): unknown =>
  error instanceof WrongVersion ? new DomainError('REVISION_CONFLICT') : error;

const withRecord = (
  ports: Ports,
  batch: AppendBatch,
  context: CommandContext,
  commandId: string,
  requestHash: string,
  output: unknown,
  keepMs: number,
): AppendBatch =>
  context.commandId === null
    ? batch
    : {
        ...batch,
        command: {
          id: commandId,
          requestHash,
          sealedResult: ports.sealer.sealResult(commandId, output),
          expiresAt: new Date(ports.clock.now().getTime() + keepMs),
        },
      };

const answerOf = <Output>(ports: Ports, record: CommandRecord, requestHash: string): Output => {
  if (record.requestHash !== requestHash) throw new DomainError('COMMAND_MISMATCH');
  return ports.sealer.openResult(record.id, record.sealedResult) as Output;
};

/** Repeats an append whose outcome is unknown until the store tells; the same ids make that harmless. */
const appendForCertain = async (ports: Ports, batch: AppendBatch): Promise<AppendResult> => {
  const deadline = Date.now() + unknownOutcomeMs;
  for (;;) {
    try {
      return await ports.store.append(batch);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      if (Date.now() > deadline) throw new StoreUnavailable(error);
      await pause(50 + Math.random() * 100);
    }
  }
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
