import { ApiError } from '../../client/api-error.js';
import { problemText } from '../../messages/problem.js';
import { t } from '../../messages/t.js';
import type { ModelDescription } from '../model/description.js';
import { listingOf } from '../model/listing.js';
import {
  createObject,
  loadObject,
  updateObject,
  type ModelObject,
  type Reference,
} from '../model/objects.js';
import { problemsOf, unplaced, type Problems } from './problems.js';
import {
  changedFields,
  createInput,
  initialValues,
  isRelevant,
  missingFields,
  slugOf,
  updateInput,
  valuesOf,
  type Values,
} from './values.js';

/** Somebody else has changed the same fields meanwhile. */
export interface Conflict {
  readonly fields: readonly string[];
  readonly before: Values;
  readonly theirs: Values;
  readonly object: ModelObject;
}

const labelsIn = (model: ModelDescription, object: Values): Map<string, string> => {
  const labels = new Map<string, string>();
  for (const name of Object.keys(model.fields))
    for (const reference of [object[name]].flat() as (Reference | null | undefined)[])
      if (reference && typeof reference === 'object' && 'displayName' in reference)
        labels.set(reference.id, reference.displayName);
  return labels;
};

/** A form over one kind of object: what is in it, what is wrong with it, and how it is saved. */
export class FormState {
  readonly model: ModelDescription;
  #object = $state.raw<ModelObject | null>(null);
  #base: Values = $state.raw({});
  values: Record<string, unknown> = $state.raw({});
  problems = $state.raw<Problems>({});
  general = $state<string | null>(null);
  busy = $state(false);
  conflict = $state.raw<Conflict | null>(null);
  /** Names of what references lead to, by id. */
  labels = $state.raw<ReadonlyMap<string, string>>(new Map());
  /** Fields whose control holds something that is no value, such as half of a JSON text. */
  #unreadable = $state.raw<Problems>({});
  /** Grows with each refusal, so that the form can show the first one. */
  refusals = $state(0);

  constructor(model: ModelDescription, object: ModelObject | null, given: Values = {}) {
    this.model = model;
    if (object) this.#show(object);
    else {
      this.#base = initialValues(model, given);
      this.values = { ...this.#base };
    }
  }

  get isNew(): boolean {
    return this.#object === null;
  }

  get changed(): readonly string[] {
    return changedFields(this.model, this.#base, this.values);
  }

  /** Whether the vault holds a value for a secret. */
  isStored(field: string): boolean {
    return this.#object?.[field] != null;
  }

  problem(path: string): string | null {
    return this.#unreadable[path] ?? this.problems[path] ?? null;
  }

  set(field: string, value: unknown): void {
    const follows = this.#slugThatFollows(field);
    this.values = {
      ...this.values,
      [field]: value,
      ...(follows === null ? {} : { [follows]: slugOf(String(value)) }),
    };
    this.problems = Object.fromEntries(
      Object.entries(this.problems).filter(([path]) => path !== field && !path.startsWith(`${field}.`)),
    );
    this.#unreadable = Object.fromEntries(
      Object.entries(this.#unreadable).filter(([path]) => path !== field),
    );
  }

  /** The control of a field cannot read what was typed. */
  unreadable(field: string, words: string): void {
    this.#unreadable = { ...this.#unreadable, [field]: words };
  }

  name(id: string, label: string): void {
    this.labels = new Map([...this.labels, [id, label]]);
  }

  /** Saves. Returns the object, or null when something was refused: the form then says what. */
  async submit(): Promise<ModelObject | null> {
    if (this.busy || this.#refuseEarly()) return null;
    this.busy = true;
    this.general = null;
    try {
      if (!this.#object) return await createObject(this.model, createInput(this.model, this.values));
      const input = updateInput(this.model, this.#base, this.values);
      if (Object.keys(input).length > 0)
        await updateObject(this.model, this.#object.id, input, this.#object.revision);
      return this.#object;
    } catch (error) {
      await this.#refuse(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** Goes on from what the others have saved; `mine` names the fields that keep the own value. */
  resolve(mine: ReadonlySet<string>): void {
    if (!this.conflict) return;
    const { fields, object } = this.conflict;
    const kept = this.changed.filter((field) => !fields.includes(field) || mine.has(field));
    const own = Object.fromEntries(kept.map((field) => [field, this.values[field]]));
    this.#show(object);
    this.values = { ...this.values, ...own };
    this.conflict = null;
  }

  #show(object: ModelObject): void {
    this.#object = object;
    this.#base = valuesOf(this.model, object);
    this.values = { ...this.#base };
    this.labels = new Map([...this.labels, ...labelsIn(this.model, object)]);
  }

  /** While something is new, its slug follows its name until somebody writes another. */
  #slugThatFollows(field: string): string | null {
    if (this.#object || field !== this.model.label) return null;
    const [slug] =
      Object.entries(this.model.fields).find(
        ([name, spec]) => name !== field && spec.kind === 'text' && spec.format === 'slug',
      ) ?? [];
    if (slug === undefined) return null;
    return this.values[slug] === slugOf(String(this.values[field] ?? '')) ? slug : null;
  }

  #refuseEarly(): boolean {
    const missing = missingFields(this.model, this.values, (field) => this.isStored(field));
    this.problems = Object.fromEntries(missing.map((field) => [field, t('problem.required')]));
    const refused =
      missing.length > 0 ||
      Object.keys(this.#unreadable).some((field) => isRelevant(this.model, field, this.values));
    if (refused) this.refusals += 1;
    return refused;
  }

  async #refuse(error: unknown): Promise<void> {
    if (error instanceof ApiError && error.code === 'REVISION_CONFLICT' && this.#object) {
      await this.#meet(error.fields.map(({ path }) => path));
      return;
    }
    this.problems = error instanceof ApiError ? problemsOf(this.model, error.fields) : {};
    const rest = unplaced(this.model, this.problems);
    const placed = Object.keys(this.problems).length - rest.length;
    this.general = rest.length > 0 ? rest.join(' ') : placed > 0 ? null : problemText(error);
    this.refusals += 1;
  }

  async #meet(fields: readonly string[]): Promise<void> {
    const fresh = await loadObject(listingOf(this.model.name)!, this.#object!.id).catch(() => null);
    if (!fresh) {
      this.general = t('error.NOT_FOUND');
      return;
    }
    this.labels = new Map([...this.labels, ...labelsIn(this.model, fresh.object)]);
    this.conflict = {
      fields,
      before: this.#base,
      theirs: valuesOf(this.model, fresh.object),
      object: fresh.object,
    };
  }
}
