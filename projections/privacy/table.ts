import { groupSchema } from '../group-schema.js';

export const privacySchema = groupSchema('privacy', 1);

/** Data subjects that were erased, and legal holds in force. */
export const privacyTables = `
create table erased (
  subject text collate "C" primary key,
  erased_at timestamptz not null,
  requested_by text not null,
  legal_basis text not null,
  key_digest text,
  position bigint not null
);
create table hold (
  id uuid primary key,
  subject text collate "C" not null,
  matter text not null,
  reason text,
  placed_at timestamptz not null,
  placed_by text not null
);
`;

export const privacyIndexes = `
create index if not exists hold_subject on hold (subject);
`;

export interface ErasedRow {
  readonly subject: string;
  readonly erased_at: string;
  readonly requested_by: string;
  readonly legal_basis: string;
  readonly key_digest: string | null;
  readonly position: number;
}

export interface HoldRow {
  readonly id: string;
  readonly subject: string;
  readonly matter: string;
  readonly reason: string | null;
  readonly placed_at: string;
  readonly placed_by: string;
}
