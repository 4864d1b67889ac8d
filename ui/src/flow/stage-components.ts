import type { Component } from 'svelte';
import type { FlowRun } from './flow-run.svelte.js';
import AccessDenied from './stage/AccessDenied.svelte';
import Autosubmit from './stage/Autosubmit.svelte';
import Consent from './stage/Consent.svelte';
import FlowError from './stage/FlowError.svelte';
import Identification from './stage/Identification.svelte';
import Password from './stage/Password.svelte';
import Prompt from './stage/Prompt.svelte';
import Redirect from './stage/Redirect.svelte';
import UserLogin from './stage/UserLogin.svelte';

// The name of a component and the shape of its challenge belong together; only the server could mix them up.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type StageComponent = Component<{ challenge: any; run: FlowRun }>;

/** What shows each kind of challenge. */
export const stageComponents: Readonly<Record<string, StageComponent>> = {
  'ak-stage-access-denied': AccessDenied,
  'ak-stage-autosubmit': Autosubmit,
  'ak-stage-consent': Consent,
  'ak-stage-flow-error': FlowError,
  'ak-stage-identification': Identification,
  'ak-stage-password': Password,
  'ak-stage-prompt': Prompt,
  'ak-stage-user-login': UserLogin as StageComponent,
  'xak-flow-redirect': Redirect,
};
