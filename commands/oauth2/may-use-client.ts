import { mayUseApplication } from '../../domain/application/access.js';
import { effectiveGroups, groupTree } from '../../domain/directory/group/effective-groups.js';
import type { Ports, UserRecord } from '../ports.js';
import type { Client } from './client.js';

/** Whether a person may use the client's application now: active, and admitted by its bindings. */
export const mayUseClient = (
  { config }: Pick<Ports, 'config'>,
  client: Client,
  user: Pick<UserRecord, 'id' | 'isActive' | 'groupIds'>,
): boolean =>
  user.isActive &&
  mayUseApplication(config, client.application, {
    userId: user.id,
    groupIds: effectiveGroups(groupTree(config), user.groupIds),
  }).passing;
