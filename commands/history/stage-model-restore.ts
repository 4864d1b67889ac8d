import { claimsOf } from '../../domain/kernel/claims.js';
import { DomainError } from '../../domain/kernel/errors.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { Model } from '../../domain/kernel/model.js';
import { modelState, restoreModel } from '../../domain/kernel/model-decisions.js';
import type { ModelEvent, Values } from '../../domain/kernel/model-events.js';
import { requireRestorable } from '../../domain/history/restore-window.js';
import { generateSecret } from '../model/generate-secret.js';
import { preparations } from '../model/prepare.js';
import { requireReferences, sealSecrets } from '../model/write-input.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { restWithoutSecrets } from '../sink/rest-without-secrets.js';
import { modelOf } from './model-of.js';

/** A deleted object of a declared model, as its deletion found it. */
export interface DeletedModel {
  readonly model: Model;
  readonly id: string;
  readonly values: Values;
  readonly deletion: RecordedEvent;
}

const secretFields = (model: Model): string[] =>
  Object.entries(model.specs)
    .filter(([, spec]) => spec.kind === 'secret')
    .map(([field]) => field);

/** Throws `NOT_FOUND` for what never was, `ALREADY_EXISTS` for what is there, `RESTORE_EXPIRED` for what is gone too long. */
export const loadDeletedModel = async (
  unit: UnitOfWork,
  category: string,
  id: string,
): Promise<DeletedModel> => {
  const events = await unit.events(`${category}-${id}`);
  const deletion = events.at(-1);
  if (!deletion) throw new DomainError('NOT_FOUND');
  if (deletion.type !== `${category}.deleted`) throw new DomainError('ALREADY_EXISTS');
  const { kind = null, was } = deletion.data as { kind?: string; was: Values };
  const model = modelOf(category, kind);
  if (!model) throw new DomainError('NOT_FOUND');
  requireRestorable(deletion.at, unit.now);
  return { model, id, values: was, deletion };
};

/**
 * Stages an object with the values that its deletion found. Secrets are not restored: where the product makes one it makes
 * a new one, elsewhere the field stays empty. Answers with the secret fields that had a value and have none now. Throws
 * `INVALID_INPUT` naming references that lead nowhere; `returning` holds what comes back in the same append.
 */
export const stageModelRestore = async (
  unit: UnitOfWork,
  { model, id, values }: DeletedModel,
  returning: ReadonlySet<string>,
): Promise<string[]> => {
  const state = modelState(model, (await unit.events(`${model.category}-${id}`)) as unknown as ModelEvent[]);
  const secrets = secretFields(model);
  const kept = Object.fromEntries(Object.entries(values).filter(([field]) => !secrets.includes(field)));
  const generated = secrets.filter((field) => {
    const spec = model.specs[field];
    return spec?.kind === 'secret' && spec.generated && values[field] !== null;
  });
  await requireReferences(unit, model, kept, returning);
  const wanted = {
    ...kept,
    ...Object.fromEntries(generated.map((field) => [field, generateSecret(unit.ports.ids)])),
  };
  const prepare = preparations.get(model.name);
  const prepared: Values = prepare ? await prepare(unit, { id, values: wanted, before: null }) : wanted;
  const lost = secrets.filter((field) => values[field] !== null && (prepared[field] ?? null) === null);
  const restored = sealSecrets(unit, model, id, {
    ...Object.fromEntries(secrets.map((field) => [field, prepared[field] ?? null])),
    ...restWithoutSecrets(model, kept, lost),
  });
  unit.append(model.category, id, restoreModel(model, state, restored));
  unit.claim(model.category, id, { take: claimsOf(model, restored), release: [] });
  return lost;
};
