import type { Component } from 'svelte';
import { router } from '../../client/router.svelte.js';
import type { FormState } from '../form/form-state.svelte.js';
import type { Values } from '../form/values.js';
import DryRunPanel from '../notifications/DryRunPanel.svelte';
import PolicyBindingForm from './PolicyBindingForm.svelte';

/** Where the form of a kind of object differs from the one that its declaration gives. */
export interface FormOverride {
  /** Replaces the fields of the derived form. */
  readonly form?: Component<{ form: FormState; settled: readonly string[] }>;
  /** What stands below the fields. */
  readonly below?: Component<{ form: FormState }>;
  /** What a form for something new starts with. */
  readonly initial?: () => Values;
}

/** A provider may send somebody on to make the application that uses it. */
const providerFromQuery = (): Values => {
  const provider = router.query.get('provider');
  return provider === null ? {} : { provider };
};

/** By the name of a model. */
const byModel: Readonly<Record<string, FormOverride>> = {
  application: { initial: providerFromQuery },
  notification_rule: { below: DryRunPanel },
  policy_binding: { form: PolicyBindingForm },
};

export const formOverrideOf = (model: string): FormOverride | undefined => byModel[model];
