import { mayUseClient } from '../oauth2/may-use-client.js';
import type { Client } from '../oauth2/client.js';
import type { Ports, UserRecord } from '../ports.js';

/**
 * Whether a person could use a receiver's application when something happened to him: right before or right after. Who loses
 * his access by the very event is somebody of whom the application must hear.
 */
export const couldUse = (
  ports: Pick<Ports, 'config'>,
  client: Client,
  moments: readonly (UserRecord | null)[],
): boolean => moments.some((person) => person !== null && mayUseClient(ports, client, person));
