import type { Id } from '../../kernel/ids.js';

export interface Impersonation {
  readonly targetId: Id<'user'>;
  readonly expiresAt: string;
}

export interface LiveSession {
  readonly status: 'live';
  readonly id: Id<'session'>;
  readonly userId: Id<'user'>;
  readonly expiresAt: string;
  readonly impersonation: Impersonation | null;
}

export type Session = { readonly status: 'absent' } | LiveSession | { readonly status: 'ended' };
