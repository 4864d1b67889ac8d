import type { Values } from '../../domain/kernel/model-events.js';

/** Every object of a declared model, in one table. */
export const configTables = `
create table config.model (
  id uuid primary key,
  model text collate "C" not null,
  label text not null,
  data jsonb not null,
  revision integer not null,
  position bigint not null,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create index model_kind on config.model (model, label, id);
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
