import { normalise } from '../../domain/kernel/claims.js';
import type { loginFailures } from '../../domain/activity/events.js';
import { preparePassword } from '../../domain/directory/user/set-password.js';
import { DomainError } from '../../domain/kernel/errors.js';
import type { UserRecord } from '../ports.js';
import type { StageRun } from './stage-behaviour.js';

type FailureReason = (typeof loginFailures)[number];

const ipLimit = { name: 'login-ip', windowMs: 15 * 60_000 };
const accountLimit = { name: 'login-account', windowMs: 15 * 60_000 };
const deviceLimit = { name: 'login-device', windowMs: 15 * 60_000 };

/** Where an attempt is counted, and how it stands. */
interface Attempt {
  readonly keys: { readonly ip: string; readonly account: string; readonly device: string | null };
  readonly accountIsSpent: boolean;
  readonly throttled: boolean;
}

/**
 * Counts an attempt before anything is looked at: the address first, and the account only for addresses that may try.
 * Strangers can spend the attempts of an account, but not those of a browser that has signed in to it before.
 */
const countAttempt = async (run: StageRun, account: string, deviceId: string | null): Promise<Attempt> => {
  const { counters, limits } = run.unit.ports;
  const keys = {
    ip: `${ipLimit.name}:${run.visitor.ip ?? 'unknown'}`,
    account: `${accountLimit.name}:${account}`,
    device: deviceId === null ? null : `${deviceLimit.name}:${deviceId}`,
  };
  const [fromIp = 0] = await counters.increment([{ key: keys.ip, windowMs: ipLimit.windowMs }]);
  if (fromIp > limits.loginFailuresPerIp) throw new DomainError('RATE_LIMITED');
  const [onAccount = 0, onDevice = 0] = await counters.increment([
    { key: keys.account, windowMs: accountLimit.windowMs },
    ...(keys.device === null ? [] : [{ key: keys.device, windowMs: deviceLimit.windowMs }]),
  ]);
  const accountIsSpent = onAccount > limits.loginFailuresPerAccount;
  const deviceIsSpent = keys.device === null || onDevice > limits.loginFailuresPerAccount;
  return { keys, accountIsSpent, throttled: accountIsSpent && deviceIsSpent };
};

/**
 * Checks a password with the same work whether or not the account exists, is active, or has a password. A failure is
 * recorded as `activity.login.failed`. Throws `RATE_LIMITED` when the address has failed too often.
 */
export const verifyPassword = async (
  run: StageRun,
  user: UserRecord | null,
  typed: string,
  password: string,
): Promise<boolean> => {
  const { ports } = run.unit;
  const account = user ? user.id : ports.sealer.digest('identifier', 'login', normalise(typed));
  const deviceId = user ? (run.visitor.knownDevices.get(user.id) ?? null) : null;
  const { keys, accountIsSpent, throttled } = await countAttempt(run, account, deviceId);
  const reason = await findFault(run, user, password, throttled);
  if (reason === null) {
    // What strangers have spent stays spent: a login in between must not hand them new guesses.
    const reset = [...(accountIsSpent ? [] : [keys.account]), ...(keys.device === null ? [] : [keys.device])];
    await ports.counters.settle({ reset, decrement: [keys.ip] });
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
  const matches = await hasher.verify(sealer.openSecret(entry).reveal(), prepared);
  return matches ? null : 'wrong_password';
};

const preparedOrEmpty = (password: string): string => {
  try {
    return preparePassword(password);
  } catch {
    return '';
  }
};
