import type { Option } from '../../design/control/option.js';
import { categoryLabel } from '../model/labels.js';
import { listings } from '../model/listing.js';

/** Categories of the log that stand in no list. */
const unlisted = ['consent', 'grant', 'session', 'settings', 'token'];

/** Every kind of target that the log knows, in the order of their names. */
export const targetKinds: readonly Option[] = [
  ...listings.map((listing) => ({
    value: listing.kinds[0]?.category ?? listing.name,
    label: categoryLabel(listing.kinds[0]?.category ?? listing.name, listing.name),
  })),
  ...unlisted.map((category) => ({ value: category, label: categoryLabel(category, undefined) })),
].sort((a, b) => a.label.localeCompare(b.label));
