import { rewrap } from '../adapters/vault/rewrap.js';
import type { Core } from './core.js';

/** Seals again what is under an earlier master key, at the start and whenever the key changes. Returns how to stop it. */
export const rewrapInBackground = ({ backgroundPool, ring, tail, ports }: Core): (() => Promise<void>) => {
  const abort = new AbortController();
  const once = async (): Promise<void> => {
    try {
      const count = await rewrap(backgroundPool, ring, undefined, abort.signal);
      if (count > 0) ports.log.info({ count, key: ring.active }, 'sealed again under the active master key');
    } catch (error) {
      if (!abort.signal.aborted)
        ports.log.warn({ err: error }, 'sealing again stopped and goes on at the next start');
    }
  };
  let running = once();
  const unlisten = tail.listen((events) => {
    if (events.some((event) => event.type === 'keyring.key.activated')) running = running.then(once);
  });
  return async () => {
    unlisten();
    abort.abort();
    await running;
  };
};
