// Goal 12: the event log at five million entries, through the API, against the bare SQL; how quickly it is written, and how large it is.
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { seedAudit } from '../../bin/demo/seed-audit.mjs';
import { readSettings } from '../../dist/bin/configuration.js';
import { openStore } from '../../dist/bin/open/open-store.js';
import { audit } from '../../dist/projections/audit/project.js';
import { auditSchema, wordsOfRow } from '../../dist/projections/audit/table.js';
import { median, now, quantile } from './measure.mjs';
import { startProduct, token } from './product.mjs';

const entries = Number(process.env.MUNIMENT_TEST_ENTRIES ?? 5_000_000);
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const { live } = auditSchema;
const dayMs = 86_400_000;
const warmUpSeconds = 3;
/** As the product's own connections have them. */
const options = '-c jit=off -c work_mem=32MB';

const list =
  'query($filter: AuditEntryFilter) { auditEntries(first: 50, filter: $filter) { nodes { id at action actor { label } targetLabel ip context } } }';
const columns = 'id, at, action, actor_label, target_label, ip, context';
const page = (where) => `select ${columns} from ${live}.entry where ${where} order by position desc limit 51`;

/** What people ask, the floor beside each: the same question in SQL on one connection. `asked`: how often a round. */
const questions = (person) => [
  { figure: 'list', query: list, filter: () => ({}), sql: () => [page('true'), []], most: 10 },
  {
    figure: 'of a person',
    query: list,
    filter: (n) => ({ actorId: person(n) }),
    sql: (n) => [page('actor_id = $1'), [person(n)]],
    most: 10,
  },
  {
    figure: 'of an action',
    query: list,
    filter: () => ({ actions: ['suspicious_request'] }),
    sql: () => [page(`action = 'suspicious_request'`), []],
    most: 10,
  },
  {
    figure: 'by context',
    query: list,
    filter: (n) => ({ query: `context.user = "${person(n)}" and context.scopes ~ email` }),
    sql: (n) => [
      page(`context @> $1 and lower(context ->> 'scopes') like '%email%'`),
      [JSON.stringify({ user: person(n) })],
    ],
    most: 60,
  },
  {
    figure: 'by words',
    query: list,
    filter: (n) => ({ query: `user${n % 5000} wrong` }),
    sql: (n) => [
      `select ${columns} from (select e.* from ${live}.entry e where ${wordsOfRow} @@ $1::tsquery offset 0) e order by position desc limit 51`,
      [`'user${n % 5000}':* & 'wrong':*`],
    ],
    most: 200,
    asked: 50,
  },
  {
    figure: 'chart of 30 days',
    query:
      'query($from: DateTime!, $to: DateTime!) { auditVolume(from: $from, to: $to, buckets: 120) { actions { action counts } } }',
    variables: () => ({
      from: new Date(Date.now() - 30 * dayMs).toISOString(),
      to: new Date().toISOString(),
    }),
    sql: () => [
      `select action, date_bin('6 hours', hour, date_trunc('hour', now() - interval '30 days')) as bucket, sum(count)::int
         from ${live}.volume where hour >= date_trunc('hour', now() - interval '30 days') group by 1, 2`,
      [],
    ],
    most: 30,
  },
];

const timed = async (work) => {
  const began = now();
  await work();
  return (now() - began) * 1000;
};

/** Sign-ins of the people of the site, as the log gives them: one entry each. */
const eventsOf = (people, from, count) =>
  Array.from({ length: count }, (_, n) => {
    const { id: userId, label } = people[(from + n * 31) % people.length];
    const at = new Date();
    return {
      position: BigInt(from + n),
      stream: `session-${randomUUID()}`,
      revision: 0,
      id: randomUUID(),
      type: 'session.started',
      version: 1,
      data: {
        sessionId: randomUUID(),
        userId,
        authMethod: 'password',
        authMethodArgs: { known_device: true },
      },
      meta: {
        commandId: randomUUID(),
        correlationId: `req-${from + n}`,
        causationId: null,
        actor: { type: 'user', id: userId, label },
        onBehalfOf: null,
        sessionId: randomUUID(),
        brandId: null,
        tenant: 'main',
        via: 'flow',
        requestId: `req-${from + n}`,
        client: {
          ip: `10.0.${n % 250}.7`,
          userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0',
          method: 'POST',
          path: '/api/v3/flows/executor/default-authentication-flow/',
          query: '',
        },
        reason: null,
        claims: [],
      },
      at,
      recordedAt: at,
    };
  });

/**
 * Entries a second that the read model takes on top of those it has, page by page as its runner gives them, all indexes in
 * place. Their positions are far from those that the product gives meanwhile.
 */
const ingest = async (db, client, people, seconds) => {
  const pages = Array.from({ length: 40 }, (_, n) => eventsOf(people, n * 500 + 1, 500));
  const { rows: newest } = await client.query(
    `select coalesce(max(position), 0)::int + 1000000 as position from ${live}.entry`,
  );
  let position = newest[0].position;
  const during = async (spanSeconds) => {
    let rows = 0;
    const began = now();
    for (; now() - began < spanSeconds; rows += 500) {
      const batch = pages[(rows / 500) % pages.length].map((event) => ({
        ...event,
        id: randomUUID(),
        position: BigInt((position += 1)),
      }));
      await db.transaction().execute((tx) => audit.apply(tx, live, batch));
    }
    return rows / (now() - began);
  };
  await during(seconds * 2);
  return during(seconds * 5);
};

export const name = 'audit';
export const goals = [
  ...questions(() => '').map(({ figure, most }) => ({ goal: '12', figure: `${figure}, p99 ms`, most })),
  { goal: '12', figure: 'ingest', least: 10_000 },
  { goal: '12', figure: 'bytes of an entry', most: 1024 },
];

export const run = async ({ postgres, rounds, seconds }) => {
  const env = { MUNIMENT_MASTER_KEY: randomBytes(32).toString('base64') };
  const connection = await postgres.database('audit');
  const url = postgres.url(connection);
  const closers = [];
  const { backgroundDb } = await openStore(
    readSettings({ ...env, DATABASE_URL: url }),
    connection,
    silent,
    closers,
  );
  const product = await startProduct({ ...env, DATABASE_URL: url });
  const client = new pg.Pool({ ...connection, max: 1, idleTimeoutMillis: 0, options });
  try {
    const began = now();
    await seedAudit(client, entries);
    // What was loaded is on the disk before anything is measured.
    await client.query('checkpoint');
    process.stderr.write(`  ${entries} entries seeded after ${Math.round(now() - began)} s\n`);
    const { rows: size } = await client.query(
      `select pg_total_relation_size('${live}.entry')::float8 / (select count(*) from ${live}.entry) as bytes`,
    );
    const { rows: people } = await client.query(
      `select distinct on (actor_id) actor_id as id, actor_label as label from ${live}.entry
        where position between -50000 and 0 and actor_type = 'user'`,
    );
    const person = (n) => people[n % people.length].id;
    const ask = async ({ query, filter, variables }, n) => {
      const answer = await fetch(`${product.origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables: variables?.() ?? { filter: filter(n) } }),
      });
      const { errors } = await answer.json();
      if (errors) throw new Error(`${JSON.stringify(filter?.(n))} ${query}: ${JSON.stringify(errors)}`);
    };
    const results = [{ scenario: 'bytes of an entry', value: size[0].bytes, unit: 'B' }];
    for (const question of questions(person)) {
      const floor = [];
      const ours = [];
      for (let n = 0, until = now() + warmUpSeconds; now() < until; n += 1) await ask(question, n);
      for (let n = 0; n < rounds * (question.asked ?? 200); n += 1) {
        const [text, values] = question.sql(n);
        floor.push(await timed(() => client.query(text, values)));
        ours.push(await timed(() => ask(question, n)));
      }
      results.push({
        scenario: `${question.figure}, p99 ms`,
        value: quantile(ours, 0.99),
        unit: 'ms',
        ratio: median(floor) / median(ours),
        floor: 'bare SQL',
      });
    }
    // Last: it leaves work behind for the database.
    const rate = await ingest(backgroundDb, client, people, seconds);
    results.push({ scenario: 'ingest', value: rate, unit: 'entries/s' });
    return results;
  } finally {
    await client.end();
    await product.stop();
    for (const close of closers.reverse()) await close();
  }
};
