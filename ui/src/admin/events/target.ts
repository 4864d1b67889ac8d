import type { ModelDescription } from '../model/description.js';
import { listingOfCategory } from '../model/listing.js';
import type { AuditEntry } from './entry.js';

/** Kind of object that an entry is about, as far as the entry tells it. */
export const modelOfTarget = (entry: AuditEntry): ModelDescription | undefined => {
  const listing = entry.targetType === null ? undefined : listingOfCategory(entry.targetType);
  const { kind } = entry.context as { readonly kind?: unknown };
  return listing?.kinds.find((model) => !listing.isFamily || model.kind === kind);
};
