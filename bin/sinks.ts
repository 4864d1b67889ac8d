import { auditEntriesAfter, auditEntryOf } from '../projections/audit/query.js';
import { startSinks } from '../workers/sink/start-sinks.js';
import { watchBlockingSinks } from '../workers/sink/watch-blocking-sinks.js';
import type { Core } from './core.js';

/** Joins sinks to the core: the read model of the log and changes of sinks wake them. Returns how to stop them. */
export const runSinks = ({ ports, backgroundDb, notifications, tail }: Core): (() => Promise<void>) => {
  const { onNews, onResumed, onShredded, stop } = startSinks({
    ports,
    read: async (after, limit) => (await auditEntriesAfter(backgroundDb, after, limit)).map(auditEntryOf),
  });
  const watch = watchBlockingSinks(ports);
  notifications.on('muniment_audit', onNews);
  const unlisten = tail.listen((events) => {
    if (events.some(({ type }) => type === 'subject.shredded')) onShredded();
    if (!events.some(({ type }) => type.startsWith('sink.'))) return;
    watch.wake();
    const resumed = events.filter(({ type }) => type === 'sink.resumed');
    onResumed(resumed.map(({ stream }) => stream.slice('sink-'.length)));
  });
  return async () => {
    notifications.off('muniment_audit', onNews);
    unlisten();
    await watch.stop();
    await stop();
  };
};
