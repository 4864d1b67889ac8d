import { endSession, session } from '../../../domain/access/session/session.js';
import { userLogoutStage } from '../../../domain/stage/user-logout/model.js';
import { defineStage, solved } from '../stage-behaviour.js';

/** Ends the browser's session. */
export const userLogout = defineStage(userLogoutStage, {
  enter: async ({ unit, visitor }) => {
    if (visitor.session)
      unit.append(
        'session',
        visitor.session.id,
        endSession(await unit.load(session, visitor.session.id), 'logout'),
      );
    return solved({}, { signedOut: true });
  },
});
