import { sql } from 'kysely';
import type { ConfigObject, ConfigView, Referrer } from '../../domain/kernel/config-view.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { FieldSpec } from '../../domain/kernel/field.js';
import type { Family, Fields, Model, StateOf } from '../../domain/kernel/model.js';
import type { Values } from '../../domain/kernel/model-events.js';
import { normalise } from '../../domain/kernel/claims.js';
import { models } from '../../domain/models.generated.js';
import type { Database } from '../projection.js';
import { evolveRow, modelIdOf } from './evolve-row.js';
import { configSchema, type ModelRow } from './table.js';

const modelByName = new Map(models.map((model) => [model.name, model]));

const referencesOf = (model: Model, values: Values): { field: string; id: string }[] =>
  Object.entries(model.specs).flatMap(([field, spec]: [string, FieldSpec]) => {
    const value = values[field];
    if (spec.kind === 'ref') return typeof value === 'string' ? [{ field, id: value }] : [];
    if (spec.kind === 'refs') return (value as readonly string[]).map((id) => ({ field, id }));
    return [];
  });

const sought = (value: unknown): string => normalise(String(value));

/** All configuration in memory, folded from this process's own tail of the log. */
export class ConfigModel implements ConfigView {
  #position = 0n;
  #rows = new Map<string, ModelRow>();
  #objects = new Map<string, ConfigObject>();
  #byModel = new Map<string, Map<string, ConfigObject>>();
  #referrers = new Map<string, Map<string, Referrer>>();
  /** Objects by what they have in a field: for each model the fields that were asked for. */
  readonly #finders = new Map<string, Map<string, Map<string, ConfigObject>>>();

  /** Reads the rows of the read model at its checkpoint; the tail goes on from there. */
  static async load(db: Database): Promise<ConfigModel> {
    const view = new ConfigModel();
    await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (tx) => {
        const checkpoint = await sql<{
          position: bigint;
        }>`select position from projection.progress where schema = ${configSchema.live}`.execute(tx);
        const rows = await sql<{
          row: ModelRow;
        }>`select to_jsonb(m) as row from ${configSchema.table('model')} m`.execute(tx);
        for (const { row } of rows.rows) view.#put(row.id, row);
        view.#position = checkpoint.rows[0]?.position ?? 0n;
      });
    return view;
  }

  /** Made of rows that stood together at a position. */
  static of(rows: readonly ModelRow[], position: bigint): ConfigModel {
    const view = new ConfigModel();
    for (const row of rows) view.#put(row.id, row);
    view.#position = position;
    return view;
  }

  get position(): bigint {
    return this.#position;
  }

  /** Throws the first failure after all events: what cannot be folded leaves its object as it was. */
  apply(events: readonly RecordedEvent[]): void {
    const failures: unknown[] = [];
    for (const event of events) {
      if (event.position <= this.#position) continue;
      this.#position = event.position;
      if (event.unreadable !== undefined) continue;
      try {
        const id = modelIdOf(event);
        if (id !== null) this.#put(id, evolveRow(this.#rows.get(id) ?? null, event));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Reads the rows again, when they were made anew: they count, not what was folded from those before. */
  async reload(db: Database, read: (after: bigint) => Promise<readonly RecordedEvent[]>): Promise<void> {
    const fresh = await ConfigModel.load(db);
    while (fresh.#position < this.#position) {
      const events = await read(fresh.#position);
      if (events.length === 0) return;
      fresh.apply(events);
    }
    this.#position = fresh.#position;
    this.#rows = fresh.#rows;
    this.#objects = fresh.#objects;
    this.#byModel = fresh.#byModel;
    this.#referrers = fresh.#referrers;
    this.#finders.clear();
  }

  #put(id: string, row: ModelRow | null): void {
    const before = this.#objects.get(id);
    if (before) {
      this.#byModel.get(before.model.name)?.delete(id);
      for (const { field, id: target } of referencesOf(before.model, before.values))
        this.#referrers.get(target)?.delete(`${id} ${field}`);
    }
    const model = row && modelByName.get(row.model);
    if (!row || !model) {
      this.#rows.delete(id);
      this.#objects.delete(id);
      if (before) this.#finders.delete(before.model.name);
      return;
    }
    const object: ConfigObject = Object.freeze({
      model,
      id,
      values: row.data,
      revision: row.revision,
      position: BigInt(row.position),
      createdAt: new Date(row.created_at),
      changedAt: new Date(row.changed_at),
    });
    this.#rows.set(id, row);
    this.#objects.set(id, object);
    const siblings = this.#byModel.get(model.name) ?? new Map<string, ConfigObject>();
    this.#byModel.set(model.name, siblings.set(id, object));
    this.#refind(before, object);
    for (const { field, id: target } of referencesOf(model, row.data)) {
      const referrers = this.#referrers.get(target) ?? new Map<string, Referrer>();
      this.#referrers.set(target, referrers.set(`${id} ${field}`, { object, field }));
    }
  }

  /** Lets an object be found by what it has now. */
  #refind(before: ConfigObject | undefined, object: ConfigObject): void {
    const finders = this.#finders.get(object.model.name);
    for (const [field, finder] of finders ?? []) {
      const value = sought(object.values[field]);
      if (before && sought(before.values[field]) !== value) finders!.delete(field);
      else finder.set(value, object);
    }
  }

  get<F extends Fields>(model: Model<F>, id: string): ConfigObject<StateOf<F>> | undefined {
    return this.#byModel.get(model.name)?.get(id) as ConfigObject<StateOf<F>> | undefined;
  }

  byId(id: string): ConfigObject | undefined {
    return this.#objects.get(id);
  }

  all<F extends Fields>(model: Model<F>): readonly ConfigObject<StateOf<F>>[] {
    return [...(this.#byModel.get(model.name)?.values() ?? [])] as unknown as readonly ConfigObject<
      StateOf<F>
    >[];
  }

  family(family: Family): readonly ConfigObject[] {
    return [...this.#byModel].flatMap(([name, objects]) =>
      modelByName.get(name)?.family?.name === family.name ? [...objects.values()] : [],
    );
  }

  find<F extends Fields>(
    model: Model<F>,
    field: keyof F & string,
    value: string,
  ): ConfigObject<StateOf<F>> | undefined {
    const finders = this.#finders.get(model.name) ?? new Map<string, Map<string, ConfigObject>>();
    let finder = finders.get(field);
    if (!finder) {
      finder = new Map(
        [...(this.#byModel.get(model.name)?.values() ?? [])].map((object) => [
          sought(object.values[field]),
          object,
        ]),
      );
      this.#finders.set(model.name, finders.set(field, finder));
    }
    return finder.get(sought(value)) as ConfigObject<StateOf<F>> | undefined;
  }

  referrers(id: string): readonly Referrer[] {
    return [...(this.#referrers.get(id)?.values() ?? [])];
  }
}
