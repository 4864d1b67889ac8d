import type { RecordedEvent } from '../kernel/event.js';
import { fact, type AuditFact } from './fact.js';
import { ofSink } from './sink-actions.js';

const isSecretRef = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'ref' in value && 'fingerprint' in value;

/** A value as people may see it: secrets are masked. */
export const shownValue = (value: unknown): unknown => (isSecretRef(value) ? '********' : (value ?? null));

/** A secret of an object was read. Models of a family are named `<family>.<kind>`, others with underscores. */
export const ofSecretView = ({
  model,
  objectId,
  field,
}: {
  readonly model: string;
  readonly objectId: string;
  readonly field: string;
}): AuditFact => {
  const [name = '', kind] = model.split('.');
  return fact(
    'secret_view',
    { type: name.replaceAll('_', ''), id: objectId },
    { severity: 'warning', context: { ...(kind === undefined ? {} : { kind }), field } },
  );
};

/** The audit meaning of an event of a declared model: the same for all of them. */
export const factOfModel = (event: RecordedEvent): AuditFact | null => {
  const category = event.stream.slice(0, event.stream.indexOf('-'));
  const target = { type: category, id: event.stream.slice(category.length + 1) };
  const { kind, ...data } = event.data as {
    kind?: string;
    set?: Record<string, unknown>;
    was?: Record<string, unknown>;
  };
  const context = kind === undefined ? {} : { kind };
  switch (event.type.slice(category.length)) {
    case '.created':
      return fact('model_created', target, {
        context,
        changes: Object.entries(data).map(([field, after]) => ({
          field,
          before: null,
          after: shownValue(after),
        })),
      });
    case '.changed':
      return fact('model_updated', target, {
        context,
        changes: Object.entries(data.set ?? {}).map(([field, after]) => ({
          field,
          before: shownValue(data.was?.[field]),
          after: shownValue(after),
        })),
      });
    case '.deleted':
      return fact('model_deleted', target, {
        context,
        severity: 'warning',
        changes: Object.entries(data.was ?? {}).map(([field, before]) => ({
          field,
          before: shownValue(before),
          after: null,
        })),
      });
    case '.status.changed': {
      const { status, reason, by } = event.data as { status: string; reason: string | null; by: string };
      return fact('model_updated', target, {
        severity: by === 'transmitter' && status !== 'enabled' ? 'warning' : 'notice',
        changes: [{ field: 'status', before: null, after: status }],
        context: { ...(reason === null ? {} : { message: reason }), by },
      });
    }
    case '.secret.rotated':
      return fact('secret_rotate', target, { context, severity: 'warning' });
    default:
      return category === 'sink' ? ofSink(event.type, target, data) : null;
  }
};
