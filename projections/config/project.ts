import { foldRows, type RowFold } from '../fold-rows.js';
import type { ProjectionGroup } from '../projection.js';
import { evolveRow, isModelEvent, modelIdOf } from './evolve-row.js';
import { configTables, type ModelRow } from './table.js';

const rows: RowFold<ModelRow> = { table: 'config.model', key: 'id', keyOf: modelIdOf, evolve: evolveRow };

/** All objects of declared models. */
export const config: ProjectionGroup = {
  name: 'config',
  version: 1,
  tables: configTables,
  handles: isModelEvent,
  apply: (tx, events) => foldRows(tx, rows, events),
};
