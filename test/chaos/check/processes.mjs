// What the processes leave behind: their logs, handles, connections, and credentials that must be dead.
import { setTimeout as delay } from 'node:timers/promises';

const errorLevel = 50;
const handlesAbove = 25;
const connectionsPerServer = 25;
const readyMs = 15_000;

/** What a fault leads to, in the product's own words. Everything else above a warning needs a request. */
const known = [
  /^Postgres /,
  /^a read model has halted$/,
  /^a lane of deliveries was interrupted$/,
  /^a delivery could not be made$/,
  /^events of the tail cannot be opened; trying again$/,
];

const logs = function* ({ stage, operations }) {
  const secrets = [
    ...Object.values(stage.secrets),
    stage.masterKey,
    ...operations.flatMap(({ result }) => [result?.refreshToken, result?.cookie].filter(Boolean)),
  ];
  for (const server of stage.servers) {
    const lines = server.logLines();
    const unexplained = new Map();
    for (const line of lines.filter(({ level }) => level >= errorLevel)) {
      const explained =
        line.reqId !== undefined
          ? line.msg !== 'unexpected error'
          : known.some((text) => text.test(line.msg));
      if (!explained) unexplained.set(line.msg, `${line.err?.name ?? ''} ${line.err?.message ?? ''}`);
    }
    for (const [text, cause] of unexplained) yield `${server.name} logs "${text}" without a cause: ${cause}`;
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    if (secrets.some((secret) => text.includes(secret))) yield `a secret is in the log of ${server.name}`;
  }
};

const deaths = function* ({ stage }) {
  for (const server of stage.servers)
    for (const { code, signal } of server.deaths)
      yield `${server.name} ended without being told to (${code ?? signal})`;
};

/** A start after a kill needs no human and not more than 15 seconds. */
const starts = function* ({ stage, patience }) {
  for (const server of stage.servers)
    for (const ms of server.startsMs)
      if (ms > readyMs * patience) yield `${server.name} needed ${Math.round(ms)} ms to become ready`;
};

export const processRules = { logs, deaths, starts };

/** Handles and connections come back to what an idle product needs. */
export const compareResources = async (stage, base) => {
  const violations = [];
  const deadline = Date.now() + 20_000;
  for (const server of stage.servers) {
    while (server.handles() > base.handles + handlesAbove && Date.now() < deadline) await delay(250);
    if (server.handles() > base.handles + handlesAbove)
      violations.push(`${server.name} holds ${server.handles()} handles, ${base.handles} at first`);
  }
  const connections = await stage.cluster.connections();
  if (connections > stage.servers.length * connectionsPerServer)
    violations.push(`the product holds ${connections} connections to Postgres`);
  return violations;
};

/** What was ended stays ended, on every server; what was not still works. */
export const probeCredentials = async ({ stage, operations, opened, beyondExpiry }, relyingParty) => {
  const violations = [];
  const basic = Buffer.from(`${relyingParty.clientId}:${relyingParty.clientSecret}`).toString('base64');
  const revoked = new Set(
    opened.filter(({ type }) => type === 'grant.revoked').map(({ data }) => data.grantId),
  );
  const newest = new Map();
  for (const { op, phase, args, result } of operations)
    if ((op === 'redeem' || op === 'refresh') && phase === 'ok')
      newest.set(args.grantId, result.refreshToken);
  const isActive = async (origin, token) => {
    const answer = await fetch(`${origin}/application/o/introspect/`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token }).toString(),
    });
    return (await answer.json()).active;
  };
  const generations = new Map();
  for (const { type, data } of opened)
    if (type === 'grant.refreshed') generations.set(data.grantId, data.generation);
  const cookies = operations
    .filter((operation) => operation.op === 'logout' && operation.phase === 'ok' && !beyondExpiry(operation))
    .map(({ args }) => args.cookie);
  for (const { origin, name } of stage.servers) {
    for (const [grantId, token] of newest) {
      const isNewest = Number(token.split('.')[1]) === (generations.get(grantId) ?? 0);
      const active = await isActive(origin, token);
      if (active && revoked.has(grantId)) violations.push(`${name} takes the revoked grant ${grantId}`);
      if (!active && isNewest && !revoked.has(grantId))
        violations.push(`${name} refuses the living grant ${grantId}`);
    }
    for (const cookie of cookies) {
      const answer = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: { cookie: `muniment_session=${cookie}`, origin, 'content-type': 'application/json' },
        body: '{"query":"{ me { user { username } } }"}',
      });
      if ((await answer.json()).data?.me?.user)
        violations.push(`${name} takes the cookie of a session that has ended`);
    }
  }
  return violations;
};
