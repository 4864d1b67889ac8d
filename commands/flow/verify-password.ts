import { normalise } from '../../domain/kernel/claims.js';
import type { loginFailures } from '../../domain/activity/events.js';
import { preparePassword } from '../../domain/directory/user/set-password.js';
import { DomainError } from '../../domain/kernel/errors.js';
import type { UserRecord } from '../ports.js';
import type { StageRun } from './stage-behaviour.js';

type FailureReason = (typeof loginFailures)[number];

const ipLimit = { name: 'login-ip', windowMs: 15 * 60_000 };
const accountLimit = { name: 'login-account', windowMs: 15 * 60_000 };

/**
 * Checks a password with the same work whether or not the account exists, is active, or has a password. Attempts are
 * counted per address and per account before anything is looked at. A failure is recorded as `activity.login.failed`.
 * Throws `RATE_LIMITED` when the address has failed too often.
 */
export const verifyPassword = async (
  run: StageRun,
  user: UserRecord | null,
  typed: string,
  password: string,
): Promise<boolean> => {
  const { ports } = run.unit;
  const account = user ? user.id : ports.sealer.digest('identifier', 'login', normalise(typed));
  const keys = {
    ip: `${ipLimit.name}:${run.visitor.ip ?? 'unknown'}`,
    account: `${accountLimit.name}:${account}`,
  };
  const [fromIp = 0, onAccount = 0] = await ports.counters.increment([
    { key: keys.ip, windowMs: ipLimit.windowMs },
    { key: keys.account, windowMs: accountLimit.windowMs },
  ]);
  if (fromIp > ports.limits.loginFailuresPerIp) throw new DomainError('RATE_LIMITED');
  const reason = await findFault(run, user, password, onAccount > ports.limits.loginFailuresPerAccount);
  if (reason === null) {
    await ports.counters.settle({ reset: [keys.account], decrement: [keys.ip] });
    return true;
  }
  if (ports.floods.admit('login', account, run.visitor.ip ?? ''))
    run.unit.record({
      type: 'activity.login.failed',
      data: {
        userId: user?.id ?? null,
        identifierHash: user ? null : account,
        identifierLength: typed.length,
        reason,
        stageId: run.stage.id as never,
        providerId: null,
        count: 1,
      },
    });
  return false;
};

const findFault = async (
  run: StageRun,
  user: UserRecord | null,
  password: string,
  throttled: boolean,
): Promise<FailureReason | null> => {
  const { store, sealer, hasher } = run.unit.ports;
  const credential = user?.credential ?? null;
  const entry = await store.readVault(credential?.ref ?? 'user/nobody/password', credential?.version ?? 0);
  const prepared = preparedOrEmpty(password);
  if (throttled || !user || !user.isActive || !entry) {
    await hasher.verifyNothing(prepared);
    if (throttled) return 'throttled';
    if (!user) return 'unknown_identifier';
    return user.isActive ? 'no_password' : 'inactive';
  }
  const { matches } = await hasher.verify(sealer.openSecret(entry).reveal(), prepared);
  return matches ? null : 'wrong_password';
};

const preparedOrEmpty = (password: string): string => {
  try {
    return preparePassword(password);
  } catch {
    return '';
  }
};
