import type { SessionRow } from '../../../projections/access/table.js';
import type { Builder } from '../builder.js';

export interface SessionTypes {
  readonly session: ReturnType<typeof sessionRef>;
}

const sessionRef = (builder: Builder) => builder.objectRef<SessionRow>('Session');

/** Signed-in browsers. */
export const createSessionTypes = (builder: Builder): SessionTypes => {
  const session = sessionRef(builder);
  session.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      isCurrent: t.boolean({ resolve: (row, _args, context) => context.identity.session?.id === row.id }),
      authMethod: t.exposeString('auth_method'),
      ip: t.exposeString('ip', { nullable: true }),
      userAgent: t.exposeString('user_agent', { nullable: true }),
      startedAt: t.field({ type: 'DateTime', resolve: (row) => row.started_at }),
      expiresAt: t.field({ type: 'DateTime', resolve: (row) => row.expires_at }),
    }),
  });
  return { session };
};
