import { duration, flag } from '../../kernel/field.js';
import { stage } from '../family.js';

/** Signs the person in: starts a session. */
export const userLoginStage = stage.kind('user_login', {
  fields: {
    sessionDuration: duration({ default: 'seconds=0' }),
    rememberMeOffset: duration({ default: 'seconds=0' }),
    terminateOtherSessions: flag({ default: false }),
  },
});
