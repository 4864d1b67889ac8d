// Streams.Read: streams and $all, both directions, limits, subscriptions with filters and checkpoints.
import { randomUUID } from 'node:crypto';
import { callError, identifier, position, readAnswer, readEvent, streamOf, streams } from './messages.mjs';

const backwards = 1;
const { ReadResp } = streams;

const endings = (call) => [
  [call, 'cancelled'],
  [call, 'close'],
  [call, 'error'],
];

/** Waits for the first of some events. */
const oneOf = (waits) =>
  new Promise((resolve) => {
    const done = () => {
      for (const [emitter, event] of waits) emitter.off(event, done);
      resolve();
    };
    for (const [emitter, event] of waits) emitter.on(event, done);
  });

/** Writes as fast as the reader takes it. */
const send = async (node, call, answer) => {
  await node.speak();
  if (call.cancelled || call.destroyed) return;
  if (!call.write(answer)) await oneOf([[call, 'drain'], ...endings(call)]);
};

const startOf = (options, at, end) => {
  if (options.hasStart()) return 0;
  if (options.hasEnd()) return end;
  return at();
};

const readStream = async (node, call, options) => {
  const stream = streamOf(options.getStream());
  const events = node.log.visible(stream);
  if (events === null) {
    const missing = new ReadResp.StreamNotFound();
    missing.setStreamIdentifier(identifier(stream));
    await send(node, call, readAnswer('StreamNotFound', missing));
    return;
  }
  const limit = Number(options.getCount());
  const from = options.getStream();
  const revision = from.hasRevision() ? BigInt(from.getRevision()) : null;
  const chosen =
    options.getReadDirection() === backwards
      ? events.filter((event) => revision === null || event.revision <= revision).reverse()
      : events.filter((event) => (revision === null ? from.hasStart() : event.revision >= revision));
  for (const event of chosen.slice(0, limit)) {
    if (call.cancelled) return;
    await send(node, call, readEvent(event));
  }
};

const readAll = async (node, call, options) => {
  const all = options.getAll();
  const { log } = node;
  const limit = Number(options.getCount());
  const at = () => log.indexOf(BigInt(all.getPosition().getCommitPosition()));
  const back = options.getReadDirection() === backwards;
  let index = startOf(all, at, back ? log.all.length - 1 : log.all.length);
  if (back && index >= log.all.length) index = log.all.length - 1;
  for (let count = 0; count < limit && index >= 0 && index < log.all.length; count += 1) {
    if (call.cancelled) return;
    await send(node, call, readEvent(log.all[index]));
    index += back ? -1 : 1;
  }
};

const matcher = (options) => {
  if (!options.hasFilter()) return null;
  const filter = options.getFilter();
  const ofStream = filter.hasStreamIdentifier();
  const expression = ofStream ? filter.getStreamIdentifier() : filter.getEventType();
  const prefixes = expression.getPrefixList();
  const regex = prefixes.length === 0 ? new RegExp(expression.getRegex()) : null;
  return {
    every: (filter.hasMax() ? filter.getMax() : 32) * Math.max(1, filter.getCheckpointintervalmultiplier()),
    matches: (event) => {
      const text = ofStream ? event.stream : event.type;
      return regex ? regex.test(text) : prefixes.some((prefix) => text.startsWith(prefix));
    },
  };
};

/** Exclusive of the position it starts from, unlike a read; then `caughtUp`, then what is appended. */
const subscribe = async (node, call, options) => {
  const { log } = node;
  const confirmation = new ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(randomUUID());
  await send(node, call, readAnswer('Confirmation', confirmation));
  const all = options.hasAll() ? options.getAll() : null;
  const stream = all ? null : streamOf(options.getStream());
  const events = () => (all ? log.all : (log.visible(stream) ?? []));
  const filter = all ? matcher(options) : null;
  let index = all
    ? startOf(
        all,
        () => {
          const from = BigInt(all.getPosition().getCommitPosition());
          const found = log.indexOf(from);
          return log.all[found]?.position === from ? found + 1 : found;
        },
        log.all.length,
      )
    : startOf(
        options.getStream(),
        () => Number(BigInt(options.getStream().getRevision()) + 1n),
        events().length,
      );
  let caughtUp = false;
  let scanned = 0;
  while (!call.cancelled && !node.closed) {
    const event = events()[index];
    if (event) {
      index += 1;
      scanned += 1;
      if (!filter || filter.matches(event)) await send(node, call, readEvent(event));
      if (filter && scanned % filter.every === 0)
        await send(node, call, readAnswer('Checkpoint', position(ReadResp.Checkpoint, event.position)));
      continue;
    }
    if (!caughtUp) {
      caughtUp = true;
      const last = log.all[index - 1];
      if (filter && last)
        await send(node, call, readAnswer('Checkpoint', position(ReadResp.Checkpoint, last.position)));
      await send(node, call, readAnswer('CaughtUp', new ReadResp.CaughtUp()));
      if (events()[index]) continue;
    }
    await oneOf([[log, 'appended'], ...endings(call)]);
  }
};

export const read = (node) => async (call) => {
  const options = call.request.getOptions();
  call.on('error', () => undefined);
  try {
    if (options.hasSubscription()) await subscribe(node, call, options);
    else if (options.hasAll()) await readAll(node, call, options);
    else await readStream(node, call, options);
    call.end();
  } catch (error) {
    call.emit('error', callError(error));
  }
};
