/** What an erasure has destroyed, all told. */
export interface Shredded {
  /** Versions of the subject's key. */
  readonly keys: number;
  readonly secrets: number;
}

/** Keys and secrets of data subjects, which are not in the log. */
export interface SubjectRecords {
  /** How long backups of the keys are kept: until then an erased person may be read from one. */
  readonly backupRetentionMs: number;
  /** SHA-256 over all versions of a subject's key; null when there is none. */
  digestOf(subject: string): Promise<string | null>;
  /** Gives a subject a new key for what comes; returns its version, or null for a subject without a key. */
  rotate(subject: string): Promise<number | null>;
  /** Destroys what the log says is shredded: may be repeated, and is, at every start. */
  shred(subject: string): Promise<Shredded>;
  /** Subjects that stand for the visitors of a month and still have a key. */
  visitors(): Promise<readonly string[]>;
}
