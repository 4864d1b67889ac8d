import type { UserEvent } from '../directory/user/events.js';
import type { Via } from '../kernel/event.js';
import { fact, type AuditChange, type AuditFact } from './fact.js';

const user = (id: string): { type: string; id: string } => ({ type: 'user', id });

/** A written user reads `user_write` when a flow did it, else as a changed object. */
const written = (via: Via, id: string, changes: readonly AuditChange[], created = false): AuditFact =>
  via === 'flow'
    ? fact('user_write', user(id), { changes, context: { created } })
    : fact(created ? 'model_created' : 'model_updated', user(id), { changes });

/** Fields of something new, as changes. */
export const created = (data: Readonly<Record<string, unknown>>, hidden: readonly string[]): AuditChange[] =>
  Object.entries(data)
    .filter(([field]) => !hidden.includes(field))
    .map(([field, after]) => ({ field, before: null, after }));

/** The audit meaning of what happens to an account. */
export const ofUser = (event: UserEvent, via: Via): AuditFact => {
  switch (event.type) {
    case 'user.created':
      return {
        ...written(via, event.data.userId, created(event.data, ['userId']), true),
        label: event.data.username,
      };
    case 'user.username.changed':
      return {
        ...written(via, event.data.userId, [
          { field: 'username', before: event.data.was, after: event.data.username },
        ]),
        label: event.data.username,
      };
    case 'user.renamed':
      return written(via, event.data.userId, [
        { field: 'name', before: event.data.was, after: event.data.name },
      ]);
    case 'user.email.changed':
      return written(via, event.data.userId, [
        { field: 'email', before: event.data.was, after: event.data.email },
      ]);
    case 'user.attributes.changed':
      return written(via, event.data.userId, [
        { field: 'attributes', before: event.data.was, after: event.data.attributes },
      ]);
    case 'user.moved':
      return written(via, event.data.userId, [
        { field: 'path', before: event.data.was, after: event.data.path },
      ]);
    case 'user.type.changed':
      return written(via, event.data.userId, [
        { field: 'type', before: event.data.was, after: event.data.type },
      ]);
    case 'user.activated':
      return written(via, event.data.userId, [{ field: 'isActive', before: false, after: true }]);
    case 'user.deactivated':
      return {
        ...written(via, event.data.userId, [{ field: 'isActive', before: true, after: false }]),
        severity: 'warning',
      };
    case 'user.password.changed':
      return fact('password_set', user(event.data.userId), { severity: via === 'cli' ? 'alert' : 'notice' });
    case 'user.deleted':
      return fact('model_deleted', user(event.data.userId), {
        severity: 'warning',
        label: event.data.username,
      });
    default:
      return event satisfies never;
  }
};
