import { labelText } from '../../domain/kernel/config-view.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { Model } from '../../domain/kernel/model.js';
import { evolveModel, type ModelEvent } from '../../domain/kernel/model-events.js';
import { models } from '../../domain/models.generated.js';
import type { ModelRow } from './table.js';

const byName = new Map(models.map((model) => [model.name, model]));
const byCategory = new Map<string, Model[]>();
for (const model of models)
  byCategory.set(model.category, [...(byCategory.get(model.category) ?? []), model]);

const categoryOf = (event: RecordedEvent): string => event.stream.slice(0, event.stream.indexOf('-'));

/** Whether an event type belongs to a declared model. */
export const isModelEvent = (type: string): boolean => byCategory.has(type.slice(0, type.indexOf('.')));

/** Id of the object that an event concerns, or null when the event is of no model. */
export const modelIdOf = (event: RecordedEvent): string | null =>
  byCategory.has(categoryOf(event)) ? event.stream.slice(event.stream.indexOf('-') + 1) : null;

/** The same pure fold for rows in Postgres and for the model in memory. */
export const evolveRow = (row: ModelRow | null, event: RecordedEvent): ModelRow | null => {
  const category = categoryOf(event);
  const kind = row === null ? (event.data as { kind?: string }).kind : undefined;
  const name =
    row?.model ?? (kind === undefined ? (byCategory.get(category)?.[0]?.name ?? '') : `${category}.${kind}`);
  const model = byName.get(name);
  if (!model) return row;
  const state = evolveModel(model)(
    row === null ? { status: 'absent' } : { status: 'present', kind: model.kind, values: row.data },
    event as unknown as ModelEvent,
  );
  if (state.status !== 'present') return null;
  const at = event.at.toISOString();
  return {
    id: event.stream.slice(category.length + 1),
    model: name,
    label: labelText(state.values[model.label]),
    data: state.values,
    revision: event.revision,
    position: Number(event.position),
    created_at: row?.created_at ?? at,
    changed_at: at,
  };
};
