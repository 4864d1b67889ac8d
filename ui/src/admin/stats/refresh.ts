import { follow } from '../../client/api.js';
import { graphql } from '../../client/environment.js';
import { live } from '../../client/live.svelte.js';

const actionsDocument = graphql(`
  subscription Happened($filter: AuditEntryFilter) {
    auditEntryAppended(filter: $filter) {
      action
    }
  }
`);

const gatherMs = 1500;

/**
 * Calls back a little after something of the kind has happened, once for all that happens in the meantime, and after
 * the connection was away. Goes on until the returned function is called.
 */
export const onHappened = (actions: readonly string[], callback: () => void): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      callback();
    }, gatherMs);
  };
  const unfollow = follow(actionsDocument, { filter: { actions: [...actions] } }, soon);
  const forget = live.onResumed(soon);
  return () => {
    unfollow();
    forget();
    if (timer !== null) clearTimeout(timer);
  };
};
