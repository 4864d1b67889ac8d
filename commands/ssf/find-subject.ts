import { isId } from '../../domain/kernel/ids.js';
import type { SimpleSubject } from '../../domain/ssf/subject-identifier.js';
import { mayUseClient } from '../oauth2/may-use-client.js';
import { issuerOf, type Client } from '../oauth2/client.js';
import type { Ports, UserRecord } from '../ports.js';

const peopleMs = 5000;

const bySub = async (
  { users, readModels, config }: Ports,
  client: Client,
  sub: string,
): Promise<UserRecord | null> => {
  await readModels.waitFor(config.position, peopleMs, ['ssf']);
  switch (client.provider.values.subjectMode) {
    case 'hashed_user_id':
      return users.byHashedNumber(sub);
    case 'user_id':
      return /^\d{1,9}$/.test(sub) ? users.byNumber(Number(sub)) : null;
    case 'user_uuid':
      return isId(sub) ? users.byId(sub) : null;
    case 'user_username':
      return users.byIdentifier(sub, ['username'], false);
    case 'user_email':
      return users.byIdentifier(sub, ['email'], false);
    case 'user_upn':
      // Who has none is known by the digest (see `subjectFor`).
      return (await users.byIdentifier(sub, ['upn'], false)) ?? users.byHashedNumber(sub);
  }
};

const isIssuer = (client: Client, iss: string): boolean =>
  URL.canParse(iss) && issuerOf(client, new URL(iss).origin) === iss;

/**
 * The person whom a receiver means; null for one who is unknown and for one who may not use its application, so that nobody
 * learns which of the two it is (SSF 1.0, 9.1).
 */
export const findSubject = async (
  ports: Ports,
  client: Client,
  subject: SimpleSubject,
): Promise<UserRecord | null> => {
  const found = await (subject.format === 'iss_sub'
    ? isIssuer(client, subject.iss)
      ? bySub(ports, client, subject.sub)
      : null
    : subject.format === 'email'
      ? ports.users.byIdentifier(subject.email, ['email'], true)
      : isId(subject.id)
        ? ports.users.byId(subject.id)
        : null);
  return found && mayUseClient(ports, client, found) ? found : null;
};
