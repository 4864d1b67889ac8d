import { sql } from 'kysely';
import { durationMs } from '../domain/kernel/duration.js';
import { holdsTrimmable } from '../projections/audit/trimmable-log.js';
import { heldSubjects } from '../projections/privacy/query.js';
import type { Retention, TrimmableLog } from '../workers/trim-event-log.js';
import { holdsSeenBefore, notificationsWithoutEntry } from '../projections/inbox/query.js';
import type { TrimmableInbox } from '../workers/trim-inbox.js';
import type { Settings } from './configuration.js';
import type { Core } from './core.js';

const keptMs = (text: string): number | null => (text === 'unlimited' ? null : durationMs(text));

/** How long the event log shows what. */
export const retentionOf = (settings: Settings): Retention => ({
  configuration: keptMs(settings.MUNIMENT_EVENT_LOG_CONFIGURATION),
  security: keptMs(settings.MUNIMENT_EVENT_LOG_SECURITY),
  access: keptMs(settings.MUNIMENT_EVENT_LOG_ACCESS),
  debug: keptMs(settings.MUNIMENT_EVENT_LOG_DEBUG),
});

/** The event log of this installation, for those who trim it. */
export const trimmableLog = ({ backgroundDb, ports }: Core): TrimmableLog => ({
  holds: (trimming) => holdsTrimmable(backgroundDb, trimming),
  held: () => heldSubjects(backgroundDb),
  delivered: async () => {
    const { position } = ports.config;
    const { rows } = await sql<{ sink_id: string; position: bigint }>`
      select sink_id, position from sink.cursor where finished_at is null`.execute(backgroundDb);
    // What a deleted sink has left behind holds up nothing.
    return rows
      .filter((row) => ports.config.byId(row.sink_id) !== undefined)
      .reduce((least, row) => (row.position < least ? row.position : least), position);
  },
});

/** Notifications of this installation, for those who trim them. */
export const trimmableInbox = ({ backgroundDb }: Core): TrimmableInbox => ({
  holdsSeenBefore: (moment) => holdsSeenBefore(backgroundDb, moment),
  withoutEntry: (moment, limit) => notificationsWithoutEntry(backgroundDb, moment, limit),
});
