import type { ConfigObject, ConfigView } from '../kernel/config-view.js';
import type { StateOf } from '../kernel/model.js';
import { evaluateBindings, type Decision, type Subject } from '../policy/engine.js';
import type { application } from './model.js';

export type ApplicationObject = ConfigObject<StateOf<(typeof application)['fields']>>;

/** The one answer to "may this person use this application?", for every protocol and the library alike. */
export const mayUseApplication = (
  config: ConfigView,
  object: ApplicationObject,
  subject: Subject,
): Decision =>
  evaluateBindings(config, object.id, object.values.policyEngineMode, {
    subject,
    setupOpen: false,
    passwordVerified: false,
  });
