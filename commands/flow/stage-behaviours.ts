import { deny } from './stages/deny.js';
import { identification } from './stages/identification.js';
import { password } from './stages/password.js';
import { prompt } from './stages/prompt.js';
import { userLogin } from './stages/user-login.js';
import { userLogout } from './stages/user-logout.js';
import { userWrite } from './stages/user-write.js';
import type { StageBehaviour } from './stage-behaviour.js';

/** How each kind of stage behaves, by model name. */
export const stageBehaviours: ReadonlyMap<string, StageBehaviour> = new Map(
  [identification, password, prompt, userWrite, userLogin, userLogout, deny].map((behaviour) => [
    behaviour.model.name,
    behaviour,
  ]),
);
