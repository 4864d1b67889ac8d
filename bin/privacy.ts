import type { Pool } from 'pg';
import type { LogTail } from '../adapters/eventstore/log-tail.js';
import type { KeyRing } from '../adapters/vault/key-ring.js';
import { postgresSubjectRecords } from '../adapters/vault/subject-records.js';
import type { SubjectKeys } from '../adapters/vault/subject-keys.js';
import type { Logger } from '../commands/ports.js';
import type { SubjectRecords } from '../commands/privacy-ports.js';
import type { RecordedEvent } from '../domain/kernel/event.js';
import { erasedSubjects } from '../projections/privacy/query.js';
import type { Database } from '../projections/projection.js';

/** Destroys what the log says is erased, in this process and in the store. */
export interface Privacy {
  readonly subjects: SubjectRecords;
  /** Destroys again what came back with a restored backup of the keys. To be called at the start, before and after the read models have caught up. */
  readonly replayErasures: () => Promise<void>;
  /** Follows the log from here on: erasures, and changes of the master key. */
  readonly follow: (tail: LogTail) => void;
}

export const createPrivacy = (options: {
  readonly pool: Pool;
  readonly db: Database;
  readonly ring: KeyRing;
  readonly subjectKeys: SubjectKeys;
  readonly backupRetentionMs: number;
  readonly log: Logger;
}): Privacy => {
  const { ring, log } = options;
  const subjects = postgresSubjectRecords(options.pool, options.subjectKeys, options.backupRetentionMs);
  const onEvent = (event: RecordedEvent, tail: LogTail): void => {
    if (event.type === 'subject.shredded') {
      const { subject } = event.data as { subject: string };
      tail.forget();
      subjects.shred(subject).catch((error: unknown) => {
        log.warn({ err: error }, 'the keys of an erased subject are destroyed at the next start');
      });
    }
    if (event.type === 'keyring.key.activated') {
      const { keyId } = event.data as { keyId: string };
      if (ring.has(keyId)) ring.activate(keyId);
      else
        log.error(
          { key: keyId },
          'sealing goes on under a master key that this process does not have; give it the key',
        );
    }
  };
  return {
    subjects,
    replayErasures: async () => {
      const revived = await subjects.replay(await erasedSubjects(options.db));
      if (revived.length > 0)
        log.warn(
          { subjects: revived.length },
          'keys of erased subjects had come back and were destroyed again',
        );
    },
    follow: (tail) => {
      tail.listen((events) => {
        for (const event of events) onEvent(event, tail);
      });
    },
  };
};
