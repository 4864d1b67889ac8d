// Streams, revisions, positions and metadata as the server keeps them.
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { openLogFile } from './log-file.mjs';

const deletedTruncation = 2 ** 62;
const recentIds = 10_000;
const firstPosition = 1000n;

/** Refusals carry the name that the server puts into the trailer `exception`. */
export class Refusal extends Error {
  constructor(exception, details = {}) {
    super(exception);
    this.exception = exception;
    this.details = details;
  }
}

export class EventLog extends EventEmitter {
  all = [];
  #streams = new Map();
  #tombstones = new Set();
  /** Ids that appends without an exact revision are compared with; gone after a restart, as the server's cache. */
  #recent = new Map();
  #file;
  #next = firstPosition;

  constructor(path) {
    super();
    this.setMaxListeners(0);
    this.#file = openLogFile(path);
    for (const entry of this.#file.entries) this.#apply(entry);
    this.#recent.clear();
    // The server writes events of its own; readers have to step over them.
    void this.#store({ stream: '$stats', events: [{ id: randomUUID(), type: '$statsCollected' }] });
  }

  /** Last revision of a stream, soft-deleted or not; -1n when it never was. */
  lastRevision(stream) {
    return BigInt((this.#streams.get(stream)?.length ?? 0) - 1);
  }

  metadata(stream) {
    const last = this.#streams.get(`$$${stream}`)?.at(-1);
    return last ? JSON.parse(last.data.toString('utf8') || '{}') : {};
  }

  isTombstoned(stream) {
    return this.#tombstones.has(stream);
  }

  /** What readers of a stream see: without what metadata hides. Null when there is no such stream. */
  visible(stream) {
    if (this.#tombstones.has(stream)) throw new Refusal('stream-deleted', { 'stream-name': stream });
    const events = this.#streams.get(stream);
    if (!events) return null;
    const { $tb = 0, $maxCount = Infinity, $maxAge = Infinity } = this.metadata(stream);
    if ($tb >= deletedTruncation) return null;
    const oldest = Date.now() - $maxAge * 1000;
    return events.filter(
      (event, index) => index >= $tb && index >= events.length - $maxCount && event.created >= oldest,
    );
  }

  /**
   * Appends as the server does: an exact revision is idempotent by event id for ever, others only while the id is
   * remembered. Resolves when the events are on disk.
   */
  async append(stream, expected, events) {
    if (this.#tombstones.has(stream)) throw new Refusal('stream-deleted', { 'stream-name': stream });
    const softDeleted = (this.metadata(stream).$tb ?? 0) >= deletedTruncation;
    const last = this.lastRevision(stream);
    const exists = last >= 0n && !softDeleted;
    if (expected === 'any' || expected === 'stream_exists') {
      const known = events[0] && this.#recent.get(`${stream} ${events[0].id}`);
      if (known !== undefined) return { revision: known + BigInt(events.length - 1), position: null };
      if (expected === 'stream_exists' && !exists) throw this.#wrongVersion(stream, expected);
    } else {
      const base = expected === 'no_stream' ? -1n : expected;
      const fits = expected === 'no_stream' ? !exists : base === last;
      if (!fits) {
        const stored = this.#streams.get(stream) ?? [];
        const same =
          events.length > 0 &&
          events.every((event, index) => stored[Number(base) + 1 + index]?.id === event.id);
        if (!same) throw this.#wrongVersion(stream, expected);
        return { revision: base + BigInt(events.length), position: null };
      }
    }
    if (softDeleted && events.length > 0)
      await this.#store({
        stream: `$$${stream}`,
        events: [
          {
            id: randomUUID(),
            type: '$metadata',
            data: Buffer.from(JSON.stringify({ ...this.metadata(stream), $tb: Number(last) + 1 })).toString(
              'base64',
            ),
          },
        ],
      });
    await this.#store({ stream, events });
    const stored = this.#streams.get(stream)?.at(-1);
    return { revision: this.lastRevision(stream), position: stored?.position ?? null };
  }

  async softDelete(stream) {
    const data = `{"$tb":9223372036854775807}`;
    await this.#store({
      stream: `$$${stream}`,
      events: [{ id: randomUUID(), type: '$metadata', data: Buffer.from(data).toString('base64') }],
    });
  }

  async tombstone(stream) {
    await this.#store({ stream, tombstone: true, events: [{ id: randomUUID(), type: '$streamDeleted' }] });
  }

  #wrongVersion(stream, expected) {
    return new Refusal('wrong-expected-version', {
      'stream-name': stream,
      expected,
      last: this.lastRevision(stream),
    });
  }

  #store(entry) {
    const dated = { ...entry, at: Date.now() };
    this.#apply(dated);
    return this.#file.append(dated);
  }

  #apply({ stream, events, at, tombstone }) {
    const stored = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, stored);
    for (const event of events) {
      const data = Buffer.from(event.data ?? '', 'base64');
      const meta = Buffer.from(event.meta ?? '', 'base64');
      const record = {
        stream,
        id: event.id,
        type: event.type,
        contentType: event.contentType ?? 'application/json',
        data,
        meta,
        created: at,
        revision: tombstone ? 2n ** 63n - 1n : BigInt(stored.length),
        position: this.#next,
      };
      this.#next += BigInt(100 + stream.length + data.length + meta.length);
      if (!tombstone) stored.push(record);
      this.all.push(record);
      this.#recent.set(`${stream} ${event.id}`, record.revision);
      if (this.#recent.size > recentIds) this.#recent.delete(this.#recent.keys().next().value);
    }
    if (tombstone) this.#tombstones.add(stream);
    this.emit('appended');
  }

  /** Index of the first event at or behind a position. */
  indexOf(position) {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.all[middle].position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  close() {
    this.#file.close();
  }
}
