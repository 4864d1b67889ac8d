import type { Id } from '../../domain/kernel/ids.js';
import type { Identifiers } from '../ports.js';

/** Fixed id of an object that the product brings along, so that an interrupted first start goes on where it stopped. */
export const bootstrapId = <Kind extends string>(ids: Identifiers, kind: Kind, name: string): Id<Kind> =>
  ids.named(kind, `bootstrap/${kind}/${name}`);

export const firstAdministrator = 'akadmin';

export const firstAdministratorId = (ids: Identifiers): Id<'user'> =>
  bootstrapId(ids, 'user', firstAdministrator);
