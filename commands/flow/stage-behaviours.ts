import { authorize } from './stages/authorize.js';
import { consent, forcedConsent } from './stages/consent.js';
import { deny } from './stages/deny.js';
import { identification } from './stages/identification.js';
import { password } from './stages/password.js';
import { prompt } from './stages/prompt.js';
import { userLogin } from './stages/user-login.js';
import { userLogout } from './stages/user-logout.js';
import { userWrite } from './stages/user-write.js';
import type { StageBehaviour, StageSteps } from './stage-behaviour.js';
import type { PlannedStage } from '../../domain/flow/execution.js';

/** How each kind of stage behaves, by model name. */
export const stageBehaviours: ReadonlyMap<string, StageBehaviour> = new Map(
  [identification, password, prompt, userWrite, userLogin, userLogout, consent, deny].map((behaviour) => [
    behaviour.model.name,
    behaviour,
  ]),
);

/** Stages that the server puts into a run, without configuration. */
export const serverStages: Readonly<Record<Extract<PlannedStage, { from: 'server' }>['kind'], StageSteps>> = {
  consent: forcedConsent,
  authorize,
};
