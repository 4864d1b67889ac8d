import type { Ports } from '../ports.js';

/** What was destroyed, and until when copies of it may live on in backups of the keys. */
export interface ErasureReport {
  readonly keysDestroyed: number;
  readonly secretsDestroyed: number;
  readonly backupsExpireAt: Date;
}

/** Destroys what an erasure that is on record is about, and reports. To be called after the command, as often as wanted. */
export const completeErasure = async (ports: Ports, userId: string): Promise<ErasureReport> => {
  const { keys, secrets } = await ports.subjects.shred(userId);
  return {
    keysDestroyed: keys,
    secretsDestroyed: secrets,
    backupsExpireAt: new Date(ports.clock.now().getTime() + ports.subjects.backupRetentionMs),
  };
};
