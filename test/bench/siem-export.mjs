// Goal 13: the event log as lines of JSON to an HTTP receiver and to a file, against a bare paged read of as many rows.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { adminApi } from '../../bin/demo/admin-api.mjs';
import { seedAudit } from '../../bin/demo/seed-audit.mjs';
import { auditSchema } from '../../dist/projections/audit/table.js';
import { interleave, ratio, typical } from './measure.mjs';
import { startProduct, token } from './product.mjs';
import { bareTable, walk } from './read-log.mjs';

const entries = 100_000;
const batch = { batchCount: 1000, batchKib: 1024, batchSeconds: 0 };
/** A sink that does not come to the end in this time counts as broken. */
const longestSeconds = 120;
const newLine = 10;

/** Takes everything and counts the lines. */
const startReceiver = async () => {
  const lines = new Map();
  const server = createServer(async (incoming, response) => {
    let seen = 0;
    for await (const chunk of incoming)
      for (let at = chunk.indexOf(newLine); at >= 0; at = chunk.indexOf(newLine, at + 1)) seen += 1;
    lines.set(incoming.url, (lines.get(incoming.url) ?? 0) + seen);
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return { lines, port, url: `http://localhost:${port}`, close: () => server.close() };
};

export const name = 'siem-export';
export const goals = [
  { goal: '13', figure: 'to HTTP', must: 0.3 },
  { goal: '13', figure: 'to a file', must: 0.3 },
];

export const run = async ({ postgres, rounds }) => {
  const receiver = await startReceiver();
  const bare = await bareTable(await postgres.database('bare'), entries);
  const connection = await postgres.database('product');
  const product = await startProduct({
    DATABASE_URL: postgres.url(connection),
    MUNIMENT_MASTER_KEY: randomBytes(32).toString('base64'),
    MUNIMENT_DATA_DIR: postgres.folder,
    MUNIMENT_OUTBOUND_ALLOW: `localhost:${receiver.port}`,
    MUNIMENT_SINK_FOLDER: join(postgres.folder, 'sinks'),
  });
  const client = new pg.Client(connection);
  await client.connect();
  const api = adminApi({ baseUrl: product.origin, token });
  let made = 0;

  /** Entries a second that a new sink delivers, by its own clock, from its beginning to the end of the log. */
  const exported = async (kind, values) => {
    made += 1;
    const answer = await api(
      `mutation ($input: Create${kind}SinkInput!) { create${kind}Sink(input: $input) { id: ${kind.toLowerCase()}Sink { id } } }`,
      { input: { name: `bench ${made}`, start: 'beginning', ...batch, ...values } },
    );
    const { id } = answer[`create${kind}Sink`].id;
    for (let waited = 0; waited < longestSeconds * 10; waited += 1) {
      const { rows } = await client.query(
        `select delivered::int, extract(epoch from delivered_at - created_at)::float8 as seconds from sink.cursor where sink_id = $1`,
        [id],
      );
      if (rows[0]?.delivered >= entries) {
        await api('mutation ($id: ID!) { deleteSink(id: $id) { position } }', { id });
        return { rate: rows[0].delivered / rows[0].seconds };
      }
      await delay(100);
    }
    throw new Error(`the sink has not delivered everything after ${longestSeconds} seconds`);
  };

  try {
    await seedAudit(client, entries);
    // Sinks begin behind position 0.
    await client.query(
      `update ${auditSchema.live}.entry set position = position + 10000000 where position <= 0`,
    );
    await client.query(`vacuum analyze ${auditSchema.live}.entry`);
    const scenarios = {
      tail: () => walk(bare.read),
      'to HTTP': () => exported('Http', { url: `${receiver.url}/${made}`, payload: 'ndjson' }),
      'to a file': () => exported('File', { fileName: `bench-${made}` }),
    };
    for (const warmUp of Object.values(scenarios)) await warmUp();
    const seen = await interleave(scenarios, rounds);
    const lines = [...receiver.lines.values()];
    if (lines.some((count) => count < entries)) throw new Error(`lines are missing: ${lines.join(', ')}`);
    return Object.entries(seen).map(([scenario, runs]) => ({
      scenario,
      rate: typical(runs, 'rate'),
      ratio: ratio(runs, seen.tail),
    }));
  } finally {
    await client.end();
    await product.stop();
    await bare.close();
    receiver.close();
  }
};
