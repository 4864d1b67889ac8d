import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Appends what happens, one JSON line per write: a process that is killed loses nothing it has said. */
export const openHistory = (path) => {
  const file = openSync(path, 'a');
  return {
    write: (line) => {
      writeSync(file, `${JSON.stringify({ t: Date.now(), ...line })}\n`);
    },
    close: () => {
      closeSync(file);
    },
  };
};

/** The lines of a file of this kind. */
export const readHistory = (path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/**
 * What became of each operation: the invocation with its outcome. One that never ended, because its client did, may have
 * happened or not: `info`.
 */
export const operationsOf = (lines) => {
  const operations = new Map();
  for (const { phase, id, op, client, t, result } of lines)
    if (phase === 'invoke')
      operations.set(id, { id, op, client, from: t, args: result, phase: 'info', result: {} });
    else if (operations.has(id)) Object.assign(operations.get(id), { phase, result, to: t });
  return [...operations.values()];
};
