import { startSession } from '../../domain/access/session/session.js';
import type { JsonObject } from '../../domain/kernel/field.js';
import type { Id } from '../../domain/kernel/ids.js';
import type { UnitOfWork } from '../unit-of-work.js';

const tokenBytes = 32;
/** Life of a session whose cookie ends with the browser. */
const browserSessionMs = 24 * 60 * 60 * 1000;

/** What the browser gets: the cookie's value exists here and in the browser only. */
export interface StartedSession {
  readonly sessionId: Id<'session'>;
  readonly userId: Id<'user'>;
  readonly token: string;
  readonly persistent: boolean;
  readonly expiresAt: string;
}

/** Stages `session.started`. `durationMs` 0 means until the browser closes, a day at most. */
export const stageSession = (
  unit: UnitOfWork,
  started: {
    userId: Id<'user'>;
    authMethod: string;
    authMethodArgs: JsonObject;
    amr: readonly string[];
    durationMs: number;
  },
): StartedSession => {
  const { ids } = unit.ports;
  const sessionId = ids.next('session');
  const token = ids.randomText(tokenBytes);
  const persistent = started.durationMs > 0;
  const expiresAt = new Date(
    unit.now.getTime() + (persistent ? started.durationMs : browserSessionMs),
  ).toISOString();
  unit.append(
    'session',
    sessionId,
    startSession(
      { status: 'absent' },
      {
        sessionId,
        userId: started.userId,
        tokenHash: ids.sha256(token),
        authMethod: started.authMethod,
        authMethodArgs: { ...started.authMethodArgs } as never,
        amr: [...started.amr],
        persistent,
        expiresAt,
      },
    ),
  );
  return { sessionId, userId: started.userId, token, persistent, expiresAt };
};
