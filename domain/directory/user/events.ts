/*
 * A user: profile, state and password of one account.
 * Stream `user-<id>`. The number never changes, a deleted user comes back by a restore only and without password, an unusable password is no password.
 */
import { z } from 'zod';
import { eventType, type EventsOf } from '../../kernel/event.js';
import { storedId } from '../../kernel/ids.js';
import { secretRef } from '../../kernel/secret.js';

export const userTypes = ['internal', 'external', 'service_account', 'internal_service_account'] as const;
export type UserType = (typeof userTypes)[number];

const userId = storedId('user');
const about = { subject: 'userId' as const };

export const userEvents = {
  'user.created': eventType(
    1,
    {
      userId,
      number: z.int(),
      username: z.string(),
      name: z.string(),
      email: z.string(),
      type: z.enum(userTypes),
      path: z.string(),
      isActive: z.boolean(),
      attributes: z.record(z.string(), z.json()),
    },
    { ...about, pii: ['username', 'name', 'email', 'attributes'] },
  ),
  'user.username.changed': eventType(
    1,
    { userId, username: z.string(), was: z.string() },
    { ...about, pii: ['username', 'was'] },
  ),
  'user.renamed': eventType(
    1,
    { userId, name: z.string(), was: z.string() },
    { ...about, pii: ['name', 'was'] },
  ),
  'user.email.changed': eventType(
    1,
    { userId, email: z.string(), was: z.string() },
    { ...about, pii: ['email', 'was'] },
  ),
  'user.attributes.changed': eventType(
    1,
    { userId, attributes: z.record(z.string(), z.json()), was: z.record(z.string(), z.json()) },
    { ...about, pii: ['attributes', 'was'] },
  ),
  'user.moved': eventType(1, { userId, path: z.string(), was: z.string() }),
  'user.type.changed': eventType(1, { userId, type: z.enum(userTypes), was: z.enum(userTypes) }),
  'user.activated': eventType(1, { userId }),
  'user.deactivated': eventType(1, { userId }),
  'user.password.changed': eventType(1, { userId, credential: secretRef }),
  'user.deleted': eventType(1, { userId, username: z.string() }, { ...about, pii: ['username'] }),
};

export type UserEvent = EventsOf<typeof userEvents>;
