import { z } from 'zod';
import type { ChallengeError } from '../../../domain/flow/challenge.js';
import type { ConfigObject } from '../../../domain/kernel/config-view.js';
import type { Json } from '../../../domain/kernel/field.js';
import type { StateOf } from '../../../domain/kernel/model.js';
import { evaluateBuiltin } from '../../../domain/policy/builtin/evaluate.js';
import { builtinPolicy } from '../../../domain/policy/builtin/model.js';
import { prompt as promptModel } from '../../../domain/stage/prompt-field/model.js';
import { promptStage } from '../../../domain/stage/prompt/model.js';
import { ask, defineStage, refused, solved, type StageRun } from '../stage-behaviour.js';

type Prompt = ConfigObject<StateOf<(typeof promptModel)['fields']>>;
type Run = StageRun<StateOf<(typeof promptStage)['fields']>>;

const maxLength = 10_000;

/** Type names on the wire that differ from the declared ones. */
const wireTypes: Partial<Record<Prompt['values']['type'], string>> = {
  radio_button_group: 'radio-button-group',
  date_time: 'date-time',
};

/** Kinds whose value the server sets; what a client sends for them is ignored. */
const serverSide = new Set(['text_read_only', 'text_area_read_only', 'hidden', 'static', 'separator']);

const promptsOf = ({ stage, unit }: Run): Prompt[] =>
  stage.values.fields
    .flatMap((id) => unit.ports.config.get(promptModel, id) ?? [])
    .sort((a, b) => a.values.order - b.values.order || (a.id < b.id ? -1 : 1));

const initialValue = (prompt: Prompt, run: Run): string => {
  const known = run.context.promptData[prompt.values.fieldKey];
  return typeof known === 'string' ? known : prompt.values.initialValue;
};

type Check = (value: unknown, prompt: Prompt) => { value: Json } | { error: string };

const readText: Check = (value, { values }) => {
  if (value === undefined || value === null || value === '')
    return values.required ? { error: 'This field is required.' } : { value: '' };
  if (typeof value !== 'string' || value.length > maxLength) return { error: 'Not a valid text.' };
  return { value };
};

const matching =
  (test: (text: string) => boolean, error: string): Check =>
  (value, prompt) => {
    const text = readText(value, prompt);
    return 'error' in text || text.value === '' || test(text.value as string) ? text : { error };
  };

const checks: Partial<Record<Prompt['values']['type'], Check>> = {
  checkbox: (value) => ({ value: value === true }),
  email: matching((text) => z.email().safeParse(text).success, 'Enter a valid e-mail address.'),
  number: (value, prompt) => {
    if (value === undefined || value === null || value === '') return readText('', prompt);
    const number = Number(value);
    return Number.isSafeInteger(number) ? { value: number } : { error: 'Enter a whole number.' };
  },
  date: matching((text) => z.iso.date().safeParse(text).success, 'Enter a date.'),
  date_time: matching(
    (text) => z.iso.datetime({ local: true, offset: true }).safeParse(text).success,
    'Enter a date and time.',
  ),
  dropdown: (value, prompt) =>
    matching((text) => prompt.values.options.includes(text), 'Choose one of the options.')(value, prompt),
  radio_button_group: (value, prompt) =>
    matching((text) => prompt.values.options.includes(text), 'Choose one of the options.')(value, prompt),
};

const passwordsDiffer = (prompts: readonly Prompt[], data: Readonly<Record<string, Json>>): boolean => {
  const values = prompts
    .filter((prompt) => prompt.values.type === 'password')
    .map((prompt) => data[prompt.values.fieldKey]);
  return values.length > 1 && values.some((value) => value !== values[0]);
};

const usernameTaken = async (
  run: Run,
  prompts: readonly Prompt[],
  data: Readonly<Record<string, Json>>,
): Promise<string | null> => {
  const field = prompts.find((prompt) => prompt.values.type === 'username');
  const value = field && data[field.values.fieldKey];
  if (!field || typeof value !== 'string' || value === '') return null;
  const holder = await run.unit.ports.users.byIdentifier(value, ['username'], true);
  const self = await run.user();
  return holder && holder.id !== self?.id ? field.values.fieldKey : null;
};

const validationPasses = (run: Run): boolean =>
  run.stage.values.validationPolicies.every((id) => {
    const policy = run.unit.ports.config.get(builtinPolicy, id);
    return (
      policy !== undefined &&
      evaluateBuiltin(policy.values.rule, {
        setupOpen: run.context.initialSetup,
        passwordVerified: run.context.passwordVerified,
      })
    );
  });

/** Asks for the values of its prompts and keeps them for the stages that follow. */
export const prompt = defineStage(promptStage, {
  enter: (run) => {
    const prompts = promptsOf(run);
    if (prompts.length === 0) return Promise.resolve(refused('The stage has no fields.'));
    const fields = prompts.map((item) => ({
      field_key: item.values.fieldKey,
      label: item.values.label,
      type: wireTypes[item.values.type] ?? item.values.type,
      required: item.values.required,
      placeholder: item.values.placeholder,
      initial_value: item.values.type === 'password' ? '' : initialValue(item, run),
      order: item.values.order,
      sub_text: item.values.subText,
      choices: item.values.options.map((option) => ({ label: option, value: option })),
    }));
    return Promise.resolve(ask({ component: 'ak-stage-prompt', fields }));
  },
  answer: async (run, response) => {
    const prompts = promptsOf(run);
    const data: Record<string, Json> = {};
    const errors: Record<string, ChallengeError[]> = {};
    for (const item of prompts) {
      const key = item.values.fieldKey;
      if (serverSide.has(item.values.type)) {
        if (item.values.type !== 'separator') data[key] = initialValue(item, run);
        continue;
      }
      const given = Object.hasOwn(response, key) ? response[key] : undefined;
      const checked = (checks[item.values.type] ?? readText)(given, item);
      if ('error' in checked) errors[key] = [{ string: checked.error, code: 'invalid' }];
      else data[key] = checked.value;
    }
    if (passwordsDiffer(prompts, data))
      errors['non_field_errors'] = [{ string: "Passwords don't match.", code: 'invalid' }];
    const taken = await usernameTaken(run, prompts, data);
    if (taken !== null) errors[taken] = [{ string: 'Username is already taken.', code: 'invalid' }];
    if (Object.keys(errors).length > 0) return { kind: 'retry', errors };
    if (!validationPasses(run))
      return {
        kind: 'retry',
        errors: { non_field_errors: [{ string: 'The values were not accepted.', code: 'invalid' }] },
      };
    return solved({ promptData: { ...run.context.promptData, ...data } });
  },
});
