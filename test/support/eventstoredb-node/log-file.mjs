// The node's log on disk: one line of JSON a write, with a checksum, on disk before the write is answered.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fdatasync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fdatasync);
const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Opens a log, or one in memory only when there is no path. A torn last line - a write that nobody was answered - is cut off. */
export const openLogFile = (path) => {
  const entries = [];
  if (path === undefined) return { entries, append: () => Promise.resolve(), close: () => undefined };
  let good = 0;
  if (existsSync(path)) {
    const bytes = readFileSync(path);
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, good)) {
      const line = bytes.toString('utf8', good, end);
      if (digest(line.slice(17)) !== line.slice(0, 16)) break;
      entries.push(JSON.parse(line.slice(17)));
      good = end + 1;
    }
    if (bytes.indexOf(10, good) !== -1) throw new Error(`${path}: a line before the last one is damaged`);
  }
  const file = openSync(path, 'a');
  ftruncateSync(file, good);
  let syncing = Promise.resolve();
  let waiting = null;
  return {
    entries,
    /** Resolves when the entry is on disk; entries that arrive during one sync share the next. */
    append: (entry) => {
      const text = JSON.stringify(entry);
      writeSync(file, `${digest(text)} ${text}\n`);
      waiting ??= syncing = syncing.then(() => {
        waiting = null;
        return sync(file);
      });
      return waiting;
    },
    close: () => void syncing.finally(() => closeSync(file)),
  };
};
