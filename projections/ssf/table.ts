import type { SubjectChoice } from '../../domain/ssf/subject/stream-subject.js';
import { groupSchema } from '../group-schema.js';

export const ssfSchema = groupSchema('ssf', 1);

/** Choices that receivers of shared signals have made about people. */
export const ssfTables = `
create table subject (
  id uuid primary key,
  stream_id uuid not null,
  user_id uuid not null,
  choice text not null,
  chosen_at timestamptz not null
);
`;

export const ssfIndexes = `
create unique index if not exists subject_stream on subject (stream_id, user_id);
`;

export interface SubjectRow {
  readonly id: string;
  readonly stream_id: string;
  readonly user_id: string;
  readonly choice: SubjectChoice;
  readonly chosen_at: string;
}
