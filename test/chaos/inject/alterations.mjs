// Where the build is changed on purpose. Each change names a file below dist/, a text that stands in it once, and what stands
// there instead. `chaos` is what alter.mjs puts into the process: crash points, and whether defects are armed yet.

const store = 'adapters/eventstore/postgres/postgres-event-store.js';
const enqueue = 'const result = await this.#queue.enqueue(batch);';
const runner = 'projections/runner.js';
const applying =
  'await applyEvents(tx, this.group, this.group.live, concerning(this.group, page, this.#skipped));';
const unitOfWork = 'commands/unit-of-work.js';
const pipeline = 'commands/pipeline.js';
const delivering = 'workers/outbox/start-delivering.js';
const lanes = 'adapters/postgres/outbox-lanes.js';
const bootstrap = 'commands/bootstrap/bootstrap.js';
const migrations = 'adapters/postgres/migrate.js';

/** Deliberate defects: the checker must find each of them. */
export const defects = {
  'acknowledge-before-append': [
    {
      file: store,
      find: enqueue,
      replace: `if (chaos.armed()) {
        setTimeout(() => this.#queue.enqueue(batch).then((late) => this.#notifications.emit(logChannel, String(late.position)), () => undefined), 40);
        return { outcome: 'repeated', position: 0n, command: null };
      }
      ${enqueue}`,
    },
  ],
  'checkpoint-outside-the-transaction': [
    {
      file: runner,
      find: applying,
      replace: `if (chaos.armed()) setTimeout(() => void this.#db.transaction().execute((later) => this.group.apply(later, this.group.live, concerning(this.group, page, this.#skipped))).catch(() => undefined), 30);
                else ${applying}`,
    },
  ],
  'no-deduplication': [
    {
      file: unitOfWork,
      find: "id: ids.named('event', `${this.commandId}/${String(n)}`)",
      replace: "id: chaos.armed() ? ids.next('event') : ids.named('event', `${this.commandId}/${String(n)}`)",
    },
    {
      file: pipeline,
      find: 'if (known)',
      replace: 'if (known && !chaos.armed())',
    },
    {
      file: pipeline,
      find: 'output, keepMs) => context.commandId === null',
      replace: 'output, keepMs) => context.commandId === null || chaos.armed()',
    },
  ],
  'expected-revision-any': [
    {
      file: unitOfWork,
      find: 'expected,\n            events: numbered',
      replace: "expected: chaos.armed() ? 'any' : expected,\n            events: numbered",
    },
  ],
  'lanes-without-lock': [
    {
      file: lanes,
      find: 'return rows[0]?.taken ?? false;',
      replace: 'return chaos.armed() || (rows[0]?.taken ?? false);',
    },
    {
      // Whoever is paused between look and send, and has lost the lock meanwhile, must not send any more.
      file: lanes,
      find: 'return rows[0]?.due ? rows[0] : null;',
      replace:
        'if (chaos.armed()) await new Promise((resolve) => setTimeout(resolve, Math.random() * 60)); return rows[0]?.due ? rows[0] : null;',
    },
  ],
};

/** Places at which the process can be told to kill itself, the n-th time it comes by. */
export const crashPoints = {
  'before-append': [{ file: store, find: enqueue, replace: `chaos.point('before-append'); ${enqueue}` }],
  'after-append': [{ file: store, find: enqueue, replace: `${enqueue} chaos.point('after-append');` }],
  'before-checkpoint': [
    {
      file: runner,
      find: applying,
      replace: `${applying} chaos.point('before-checkpoint');`,
    },
  ],
  'before-commit-of-rows': [
    {
      file: runner,
      find: 'return { position };',
      replace: "chaos.point('before-commit-of-rows'); return { position };",
    },
  ],
  'after-send': [
    {
      file: delivering,
      find: 'const made = {',
      replace: "chaos.point('after-send'); const made = {",
    },
  ],
  'mid-migration': [
    {
      file: migrations,
      find: 'await sql.raw(statements).execute(db);',
      replace: "await sql.raw(statements).execute(db); chaos.point('mid-migration');",
    },
  ],
  'mid-bootstrap': [
    {
      file: bootstrap,
      find: 'const { position } = await execute(ports, command, input, context);',
      replace:
        "const { position } = await execute(ports, command, input, context); chaos.point('mid-bootstrap');",
    },
  ],
};

/** Applies one change to the text of a module. Throws when the place is not there exactly once: the build has moved on. */
export const altered = (text, { file, find, replace }) => {
  if (text.split(find).length !== 2) throw new Error(`dist/${file} does not hold exactly once: ${find}`);
  return text.replace(find, () => replace);
};
