import { choice, duration } from '../../kernel/field.js';
import { stage } from '../family.js';

/** Asks whether an application may receive what it requests. */
export const consentStage = stage.kind('consent', {
  fields: {
    mode: choice('ConsentMode', ['expiring', 'permanent', 'always_require'], { default: 'expiring' }),
    consentExpireIn: duration({ default: 'weeks=4' }),
  },
  when: { consentExpireIn: { mode: ['expiring'] } },
});
