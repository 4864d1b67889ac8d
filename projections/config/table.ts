import type { Values } from '../../domain/kernel/model-events.js';
import { groupSchema } from '../group-schema.js';

export const configSchema = groupSchema('config', 1);

/** Every object of a declared model, in one table. */
export const configTables = `
create table model (
  id uuid primary key,
  model text collate "C" not null,
  label text not null,
  data jsonb not null,
  revision integer not null,
  position bigint not null,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
`;

export const configIndexes = `
create index if not exists model_kind on model (model, label, id);
`;

export interface ModelRow {
  readonly id: string;
  readonly model: string;
  readonly label: string;
  readonly data: Values;
  readonly revision: number;
  readonly position: number;
  readonly created_at: string;
  readonly changed_at: string;
}
