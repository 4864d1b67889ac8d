import type { SubjectChoice } from '../../domain/ssf/subject/stream-subject.js';
import { groupSchema } from '../group-schema.js';

export const ssfSchema = groupSchema('ssf', 2);

/** Choices that receivers of shared signals have made about people, and who is behind a subject that is a number or its digest. */
export const ssfTables = `
create table subject (
  id uuid primary key,
  stream_id uuid not null,
  user_id uuid not null,
  choice text not null,
  chosen_at timestamptz not null
);

create table installation (
  id text primary key
);

create table person (
  user_id uuid primary key,
  number integer not null,
  hash bytea
);
`;

export const ssfIndexes = `
create unique index if not exists subject_stream on subject (stream_id, user_id);
create index if not exists person_number on person (number);
create index if not exists person_hash on person (hash);
`;

export interface SubjectRow {
  readonly id: string;
  readonly stream_id: string;
  readonly user_id: string;
  readonly choice: SubjectChoice;
  readonly chosen_at: string;
}
