import { foldRows, type RowFold } from '../fold-rows.js';
import type { ProjectionGroup } from '../projection.js';
import { evolveRow, isModelEvent, modelIdOf } from './evolve-row.js';
import { configIndexes, configSchema, configTables, type ModelRow } from './table.js';

const rows: RowFold<ModelRow> = { table: 'model', key: 'id', keyOf: modelIdOf, evolve: evolveRow };

/** All objects of declared models. */
export const config: ProjectionGroup = {
  ...configSchema,
  tables: configTables,
  indexes: configIndexes,
  handles: isModelEvent,
  apply: (tx, schema, events) => foldRows(tx, schema, rows, events),
};
