// Fills an installation for trials of speed: npm run seed -- --audit 5000000. What is put in has no events behind it: a rebuild of the event log takes it out.
import { parseArgs } from 'node:util';
import pg from 'pg';
import { ensureBuilt } from './build.mjs';

const { values: options } = parseArgs({ options: { audit: { type: 'string' } } });
const count = Number(options.audit);
if (!Number.isInteger(count) || count < 1) {
  process.stderr.write('Say how many entries of the event log: npm run seed -- --audit 5000000\n');
  process.exit(2);
}
if (!ensureBuilt()) process.exit(1);

const { readSettings } = await import('../dist/bin/configuration.js');
const { withCore } = await import('../dist/bin/operator.js');
const { progressLine } = await import('../dist/bin/progress-line.js');
const { joinDatabase } = await import('../dist/bin/open/open-database.js');
const { createLogger } = await import('../dist/bin/logger.js');
const { seedAudit } = await import('./demo/seed-audit.mjs');

const settings = readSettings(process.env);
// Makes the tables, where the installation has not been started yet.
await withCore(settings, () => Promise.resolve());
const database = await joinDatabase(settings, createLogger(settings.MUNIMENT_LOG_LEVEL));
const client = new pg.Client(database.connection);
const line = progressLine('entries');
try {
  await client.connect();
  const began = Date.now();
  await seedAudit(client, count, (done) => {
    line.show(done, count, done === count ? 'making indexes' : undefined);
  });
  line.end(
    `${count.toLocaleString('en')} entries of the event log in ${Math.round((Date.now() - began) / 1000)} s`,
  );
} finally {
  await client.end();
  await database.close();
}
