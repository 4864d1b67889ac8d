import type { Id } from './ids.js';

/** What somebody may do, resolved once per request from the read models. */
export interface Rights {
  readonly userId: Id<'user'> | null;
  readonly superuser: boolean;
}

/** Rights of a visitor who has not signed in. */
export const noRights: Rights = { userId: null, superuser: false };

/** Rights of the product's own jobs and of the machine's operator at the shell. */
export const systemRights: Rights = { userId: null, superuser: true };

/**
 * What a route, field or command demands. `public` needs a reason, so that a missing declaration never reads as
 * one that was thought about.
 */
export type Access =
  | { readonly kind: 'public'; readonly because: string }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'permission'; readonly permission: string };

export const anybody = (because: string): Access => ({ kind: 'public', because });
export const authenticated: Access = { kind: 'authenticated' };
export const permission = (name: string): Access => ({ kind: 'permission', permission: name });

/** The one answer to "may these rights do that?". Roles will add grants here; until then only superusers hold permissions. */
export const allows = (rights: Rights, access: Access): boolean => {
  switch (access.kind) {
    case 'public':
      return true;
    case 'authenticated':
      return rights.userId !== null || rights.superuser;
    case 'permission':
      return rights.superuser;
  }
};
