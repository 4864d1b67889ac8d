/** A table of a backup and the order of its rows. */
export interface BackupTable {
  readonly name: string;
  readonly order: string;
}

/** Only grows: finished files of it stay good while the log goes on. */
export const eventTable: BackupTable = { name: 'es.event', order: 'position' };

/** What is not in the log and cannot be made from it, beside the keys. */
export const stateTables: readonly BackupTable[] = [
  { name: 'es.claim', order: 'kind, hash' },
  { name: 'es.vault', order: 'ref, version' },
  { name: 'es.command', order: 'id' },
  { name: 'outbox.reactor', order: 'name' },
  { name: 'outbox.delivery', order: 'number' },
  { name: 'outbox.attempt', order: 'delivery_id, number' },
  { name: 'outbox.memory', order: 'reactor, key' },
  { name: 'outbox.receiver', order: 'stream_id' },
  { name: 'sink.cursor', order: 'sink_id, run' },
  { name: 'sink.dead_letter', order: 'sink_id, entry_id' },
];

/** What opens the log. Kept in a folder of its own. */
export const keyTables: readonly BackupTable[] = [
  { name: 'keys.master', order: 'fingerprint' },
  { name: 'keys.ring', order: 'created_at, id' },
  { name: 'keys.digest_key', order: 'purpose' },
  { name: 'keys.erased_subject', order: 'subject' },
  { name: 'keys.subject_key', order: 'subject, version' },
];
