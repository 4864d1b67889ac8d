// What clients were told, against the log.
import { identifiers } from '../../../dist/adapters/clock/identifiers.js';

const count = (items, keyOf) => {
  const counts = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
};

/** By which event an operation is known, and how the event names it. */
const effects = {
  'create-user': ['user.created', ({ username }) => username, ({ data }) => data.username],
  'create-user-keyed': ['user.created', ({ username }) => username, ({ data }) => data.username],
  'create-group': ['group.created', ({ name }) => name, ({ data }) => data.name],
  edit: ['application.changed', ({ mark }) => mark, ({ data }) => data.set.publisher],
  'edit-keyed': ['application.changed', ({ mark }) => mark, ({ data }) => data.set.publisher],
  login: ['session.started', (_args, result) => result.tokenHash, ({ data }) => data.tokenHash],
  redeem: ['grant.opened', ({ grantId }) => grantId, ({ data }) => data.grantId],
  refresh: [
    'grant.refreshed',
    ({ grantId, generation }) => `${grantId}.${generation}`,
    ({ data }) => `${data.grantId}.${data.generation}`,
  ],
  revoke: ['grant.revoked', ({ grantId }) => grantId, ({ data }) => data.grantId],
};

/** An effect that several may ask for at once, and each be told that it came about. */
const shared = ['create-user-keyed', 'edit-keyed', 'refresh', 'revoke'];

/** What was acknowledged stands in the log exactly once, what was refused does not, what is unknown at most once. */
const effectsOnce = function* ({ operations, opened, beyondExpiry }) {
  for (const [op, [type, nameOf, nameIn]] of Object.entries(effects)) {
    const stored = count(
      opened.filter((event) => event.type === type),
      nameIn,
    );
    const asked = new Map();
    for (const operation of operations.filter((other) => other.op === op)) {
      const name = nameOf(operation.args, operation.result);
      if (name !== undefined) asked.set(name, [...(asked.get(name) ?? []), operation]);
    }
    for (const [name, members] of asked) {
      const times = stored.get(name) ?? 0;
      const acknowledged = members.filter(({ phase }) => phase === 'ok').length;
      const unknown = members.filter(({ phase }) => phase === 'info').length;
      const what = `${op} ${name} (operation ${members.map(({ id }) => id).join(', ')})`;
      if (times > 1) yield `${what} stands ${times} times in the log`;
      const hadEnded = op === 'revoke' && members.some(beyondExpiry);
      if (acknowledged > 0 && times === 0 && !hadEnded) yield `${what} was acknowledged and is lost`;
      if (acknowledged > 1 && !shared.includes(op)) yield `${what} was acknowledged to ${acknowledged}`;
      // What became known to be revoked may have been so before: by a code that was redeemed twice.
      if (acknowledged === 0 && unknown === 0 && times > 0 && op !== 'revoke')
        yield `${what} was refused and is in the log`;
    }
  }
};

/** One key, one command, one answer. */
const sameAnswer = function* ({ operations, stored, opened }) {
  const administrator = opened.find(
    ({ type, data }) => type === 'user.created' && data.username === 'akadmin',
  );
  const commands = new Set(stored.map(({ meta }) => meta.commandId));
  const names = { 'create-user-keyed': 'createUser', 'edit-keyed': 'change application' };
  const answers = new Map();
  for (const { op, args, phase, result } of operations) {
    if (args.key === undefined || phase !== 'ok') continue;
    // A read model that is behind shows no user yet: such an answer says nothing.
    const { userId = answers.get(args.key) } = result;
    if (answers.has(args.key) && answers.get(args.key) !== userId) yield `two answers to the key ${args.key}`;
    if (userId !== undefined) answers.set(args.key, userId);
    const commandId = identifiers.named('command', `${administrator.data.userId}/${names[op]}/${args.key}`);
    if (!commands.has(commandId)) yield `the command of the key ${args.key} is not in the log`;
  }
};

/** A refresh token that was presented twice within a moment was answered alike. */
const sameRefresh = function* ({ operations }) {
  const answers = new Map();
  for (const { op, args, phase, result } of operations) {
    if (op !== 'refresh' || phase !== 'ok') continue;
    const key = `${args.grantId}.${args.generation}`;
    if (answers.has(key) && answers.get(key) !== result.refreshToken) yield `two answers to refresh ${key}`;
    answers.set(key, result.refreshToken);
  }
};

/** The product never said that it was at a loss. */
const noComplaints = function* ({ complaints }) {
  yield* complaints;
};

/** What clients call by a name is a session that has ended. */
const logouts = function* ({ operations, opened, beyondExpiry }) {
  const started = new Map(
    opened
      .filter(({ type }) => type === 'session.started')
      .map(({ data }) => [data.tokenHash, data.sessionId]),
  );
  const ended = new Set(
    opened.filter(({ type }) => type === 'session.ended').map(({ data }) => data.sessionId),
  );
  for (const operation of operations) {
    const { op, phase, args, id } = operation;
    if (
      op === 'logout' &&
      phase === 'ok' &&
      !ended.has(started.get(args.tokenHash)) &&
      !beyondExpiry(operation)
    )
      yield `the sign-out of operation ${id} was acknowledged and is lost`;
  }
};

export const outcomeRules = { effectsOnce, sameAnswer, sameRefresh, logouts, noComplaints };
