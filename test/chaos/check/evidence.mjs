import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import { createPool } from '../../../dist/adapters/postgres/pool.js';
import { VaultSealer } from '../../../dist/adapters/vault/sealer.js';
import { openKeys } from '../../../dist/bin/open/open-keys.js';
import { openForReaders } from '../../../dist/adapters/eventstore/open-for-readers.js';
import { audit } from '../../../dist/projections/audit/project.js';
import { eventTypes } from '../../../dist/domain/event-types.js';
import { operationsOf, readHistory } from '../history.mjs';

const lagMs = 120_000;
const pageSize = 2000;

/** Waits until the read models of every server show the log, and nothing waits to be delivered. */
export const untilQuiet = async (stage) => {
  const deadline = Date.now() + lagMs;
  const head = await stage.cluster.query('select store_id as store, position from es.head');
  const position = `${head[0].store}.${head[0].position}`;
  for (const { origin, name } of stage.servers)
    for (;;) {
      const answer = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${stage.secrets.token}`,
          'content-type': 'application/json',
          'muniment-min-position': position,
        },
        body: '{"query":"{ me { user { username } } }"}',
      }).catch(() => null);
      if (answer?.status === 200) break;
      if (Date.now() > deadline) return [`${name} does not show position ${position}`];
      await delay(200);
    }
  for (;;) {
    const rows = await stage.cluster.query(
      `select (select count(*)::int from outbox.delivery where status = 'pending') as pending,
              (select coalesce(max(position), 0) from ${audit.live}.entry) > (select position from outbox.reactor where name = 'notification') as behind`,
    );
    if (rows[0].pending === 0 && !rows[0].behind) return [];
    if (Date.now() > deadline) return [`${rows[0].pending} deliveries wait for ever`];
    await delay(300);
  }
};

/** How long after the order a clock may still stand ahead: the fault waits for the server that it turns back on. */
const clockSlackMs = 5000;

/**
 * Whether a clock may have stood behind the end of every session and grant while an operation ran: such a server ends nothing,
 * because for it everything has ended.
 */
const beyondExpiry = (faults) => {
  const ahead = faults.filter(({ kind, jump }) => kind === 'clock' && jump.endsWith('d'));
  return ({ from, to = Infinity }) => ahead.some(({ t, ms }) => from <= t + ms + clockSlackMs && to >= t);
};

/** All that a judgement rests on: the log as it is stored and opened, the history of the clients, what receivers got. */
export const gather = async (stage, { historyFile, faultsFile }) => {
  const pool = createPool(
    { ...stage.cluster.connection(), statement_timeout: 60_000, query_timeout: 65_000 },
    () => undefined,
  );
  const { ring, subjectKeys } = await openKeys(pool, { MUNIMENT_MASTER_KEY: stage.masterKey });
  const sealer = new VaultSealer(ring, subjectKeys, eventTypes);
  const stored = [];
  const opened = [];
  for (let after = 0n; ;) {
    const { rows } = await pool.query(
      `select position, stream, revision, id, type, version, data, meta, at, recorded_at as "recordedAt"
         from es.event where position > $1 order by position limit $2`,
      [after, pageSize],
    );
    if (rows.length === 0) break;
    stored.push(...rows);
    opened.push(...(await openForReaders(sealer, rows)));
    after = rows.at(-1).position;
  }
  const head = BigInt((await stage.cluster.query('select position from es.head'))[0].position);
  const lines = readHistory(historyFile);
  return {
    stage,
    pool,
    db: new Kysely({ dialect: new PostgresDialect({ pool }) }),
    stored,
    opened,
    head,
    operations: operationsOf(lines),
    beyondExpiry: beyondExpiry(readHistory(faultsFile)),
    complaints: lines.filter(({ phase }) => phase === 'complaint').map(({ result }) => result.problem),
    receipts: readHistory(stage.receiver.receipts),
    close: () => pool.end(),
  };
};
