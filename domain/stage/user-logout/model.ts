import { stage } from '../family.js';

/** Ends the session. */
export const userLogoutStage = stage.kind('user_logout', { fields: {} });
