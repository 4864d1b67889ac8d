import { legalBases, requesters } from '../../domain/privacy/events.js';
import { isId } from '../../domain/kernel/ids.js';
import { execute } from '../../commands/pipeline.js';
import { completeErasure } from '../../commands/privacy/erasure-report.js';
import { eraseSubjectCommand } from '../../commands/privacy/erase-subject.js';
import { placeLegalHoldCommand, releaseLegalHoldCommand } from '../../commands/privacy/legal-hold.js';
import { rotateSubjectKeyCommand } from '../../commands/privacy/rotate-subject-key.js';
import type { CommandContext } from '../../commands/command.js';
import type { Ports } from '../../commands/ports.js';
import { holdsOf } from '../../projections/privacy/query.js';
import { OperatorError, type Settings } from '../configuration.js';
import { operatorContext, withCore } from '../operator.js';

const waitMs = 10_000;

/** Id of a user who is named by it or by username. A deleted user has his id only. */
const userIdOf = async (ports: Ports, user: string): Promise<string> => {
  if (isId(user)) return user;
  const found = await ports.users.byIdentifier(user, ['username'], true);
  if (!found) throw new OperatorError(`There is no user named ${user}. A deleted user is named by his id.`);
  return found.id;
};

const contextWith = (ports: Ports, reason: string): CommandContext => ({ ...operatorContext(ports), reason });

export interface EraseOptions {
  readonly basis: string;
  readonly requestedBy: string;
  readonly reason: string;
}

/** Erases what is personal about somebody, and prints what was destroyed. */
export const eraseSubject = (settings: Settings, user: string, options: EraseOptions): Promise<void> =>
  withCore(settings, async ({ ports }) => {
    if (!(legalBases as readonly string[]).includes(options.basis))
      throw new OperatorError(`--basis: one of ${legalBases.join(', ')}.`);
    if (!(requesters as readonly string[]).includes(options.requestedBy))
      throw new OperatorError(`--requested-by: one of ${requesters.join(', ')}.`);
    const userId = await userIdOf(ports, user);
    const { output, position } = await execute(
      ports,
      eraseSubjectCommand,
      { userId, legalBasis: options.basis, requestedBy: options.requestedBy },
      contextWith(ports, options.reason),
    );
    const report = await completeErasure(ports, userId);
    if (position !== null)
      await ports.readModels.waitFor(position, waitMs, ['directory', 'access', 'audit', 'inbox', 'privacy']);
    process.stdout.write(
      [
        position === null ? `${userId} was erased before.` : `${userId} is erased.`,
        `  keys destroyed     ${String(report.keysDestroyed)}${output.keyDigest === null ? '' : ` (digest ${output.keyDigest})`}`,
        `  secrets destroyed  ${String(report.secretsDestroyed)}`,
        `  backups of the keys made before may hold them until ${report.backupsExpireAt.toISOString().slice(0, 10)}`,
        '',
      ].join('\n'),
    );
  });

/** Forbids to erase somebody. */
export const placeHold = (
  settings: Settings,
  user: string,
  options: { readonly matter: string; readonly reason: string },
): Promise<void> =>
  withCore(settings, async ({ ports }) => {
    const { output } = await execute(
      ports,
      placeLegalHoldCommand,
      { userId: await userIdOf(ports, user), matter: options.matter },
      contextWith(ports, options.reason),
    );
    process.stdout.write(`The legal hold ${output.holdId} forbids to erase ${user}.\n`);
  });

/** Ends a legal hold. */
export const releaseHold = (
  settings: Settings,
  user: string,
  holdId: string,
  options: { readonly reason: string },
): Promise<void> =>
  withCore(settings, async ({ ports }) => {
    await execute(
      ports,
      releaseLegalHoldCommand,
      { userId: await userIdOf(ports, user), holdId },
      contextWith(ports, options.reason),
    );
    process.stdout.write(`The legal hold ${holdId} is released.\n`);
  });

/** Prints the legal holds on somebody. */
export const listHolds = (settings: Settings, user: string): Promise<void> =>
  withCore(settings, async ({ ports, db }) => {
    for (const hold of await holdsOf(db, [await userIdOf(ports, user)]))
      process.stdout.write(
        `${hold.id}  since ${new Date(hold.placed_at).toISOString().slice(0, 10)}  ${hold.matter}\n`,
      );
  });

/** Gives somebody a new key for what is sealed from now on. */
export const rotateSubjectKey = (settings: Settings, user: string): Promise<void> =>
  withCore(settings, async ({ ports }) => {
    const { output } = await execute(
      ports,
      rotateSubjectKeyCommand,
      { subject: await userIdOf(ports, user) },
      operatorContext(ports),
    );
    process.stdout.write(
      `What is sealed about ${user} from now on is sealed under version ${String(output.version)} of his key.\n`,
    );
  });
