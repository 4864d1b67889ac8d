import { z } from 'zod';
import type { EventStore, Sealer, StoredEvent } from '../../commands/ports.js';
import { claimsOf } from '../../domain/kernel/claims.js';
import { erased } from '../../domain/kernel/erased.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { SecretRef } from '../../domain/kernel/secret.js';
import { eventTypes } from '../../domain/event-types.js';
import { models } from '../../domain/models.generated.js';
import { evolveRow, isModelEvent, modelIdOf } from '../../projections/config/evolve-row.js';
import type { ModelRow } from '../../projections/config/table.js';

const pageSize = 1000;
const most = 100;
const byName = new Map(models.map((model) => [model.name, model]));

/** What the log says must be found beside it. */
export interface LogTells {
  readonly events: number;
  readonly problems: readonly string[];
  /** Stream that holds each claim, by kind and digest. */
  readonly claims: ReadonlyMap<string, string>;
  /** Secrets that something refers to now, by what refers to them. */
  readonly secrets: ReadonlyMap<string, SecretRef>;
  /** Versions of keys that sealed something, as `<subject> <version>`. */
  readonly subjectKeys: ReadonlySet<string>;
  readonly erased: ReadonlySet<string>;
}

const isSealed = (value: unknown): value is { $s: string; k: number } =>
  typeof value === 'object' && value !== null && '$s' in value && 'k' in value;

/** Keys that an event is sealed under. */
const keysOf = ({ data, meta }: StoredEvent): readonly string[] => {
  const { personal, claims = [] } = meta as { personal?: unknown; claims?: { value: unknown }[] };
  return [...Object.values(data as Record<string, unknown>), personal, ...claims.map((claim) => claim.value)]
    .filter(isSealed)
    .filter(({ k }) => k > 0)
    .map(({ $s, k }) => `${$s} ${String(k)}`);
};

const shapeProblem = ({ type, data }: RecordedEvent): string | null => {
  const declared = eventTypes.get(type);
  if (!declared) return `its type ${type} is not known`;
  const readable = Object.fromEntries(
    Object.entries(declared.shape).filter(([field]) => (data as Record<string, unknown>)[field] !== erased),
  );
  const parsed = z.looseObject(readable).safeParse(data);
  return parsed.success
    ? null
    : `${type}: ${parsed.error.issues[0]?.path.join('.') ?? ''} is not as declared`;
};

/** Folds what the log tells, event by event. */
class Teller {
  readonly claims = new Map<string, string>();
  readonly secrets = new Map<string, SecretRef>();
  readonly subjectKeys = new Set<string>();
  readonly erased = new Set<string>();
  readonly #rows = new Map<string, ModelRow>();
  readonly #sealer: Sealer;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  tell(event: RecordedEvent): void {
    const data = event.data as Record<string, unknown>;
    for (const { op, kind, value } of event.meta.claims) this.#claim(op, kind, value, event.stream);
    if (event.type === 'subject.shredded') this.erased.add(String(data['subject']));
    if (event.type === 'user.password.changed')
      this.secrets.set(event.stream, data['credential'] as SecretRef);
    if (event.type === 'user.deleted') this.secrets.delete(event.stream);
    if (isModelEvent(event.type)) this.#tellModel(event);
  }

  #tellModel(event: RecordedEvent): void {
    const id = modelIdOf(event);
    if (id === null) return;
    const before = this.#rows.get(id) ?? null;
    const after = evolveRow(before, event);
    for (const [op, row] of [
      ['release', before],
      ['take', after],
    ] as const) {
      const model = row && byName.get(row.model);
      if (!model) continue;
      for (const { kind, value } of claimsOf(model, row.data)) this.#claim(op, kind, value, event.stream);
      for (const [field, spec] of Object.entries(model.specs)) {
        const reference = row.data[field] as SecretRef | null | undefined;
        if (spec.kind !== 'secret') continue;
        if (op === 'take' && reference) this.secrets.set(`${event.stream} ${field}`, reference);
        else this.secrets.delete(`${event.stream} ${field}`);
      }
    }
    if (after) this.#rows.set(id, after);
    else this.#rows.delete(id);
  }

  #claim(op: 'take' | 'release', kind: string, value: string, stream: string): void {
    // The values of somebody who was erased are gone, and so are his claims.
    if (value === erased) return;
    const key = `${kind} ${this.#sealer.digest('claim', kind, value)}`;
    if (op === 'take') this.claims.set(key, stream);
    else if (this.claims.get(key) === stream) this.claims.delete(key);
  }
}

/** Reads the whole log: every event must open and be as its type declares. */
export const readLog = async (
  store: EventStore,
  sealer: Sealer,
  onProgress: (done: number, of: number) => void,
): Promise<LogTells> => {
  const teller = new Teller(sealer);
  const problems: string[] = [];
  const head = await store.head();
  let after = 0n;
  let events = 0;
  const open = async (stored: StoredEvent): Promise<RecordedEvent | null> => {
    try {
      return (await sealer.openEvents([stored]))[0]!;
    } catch (error) {
      const { name, message } = error as Error;
      problems.push(
        `position ${String(stored.position)}, stream ${stored.stream}: cannot be opened${name === 'Error' ? '' : ` (${message})`}`,
      );
      return null;
    }
  };
  for (;;) {
    const page = (await store.readAll({ after, limit: pageSize })).filter((event) => event.position <= head);
    if (page.length === 0 || problems.length >= most) break;
    const opened = await sealer.openEvents(page).catch(() => Promise.all(page.map(open)));
    for (const stored of page) for (const key of keysOf(stored)) teller.subjectKeys.add(key);
    for (const event of opened) {
      if (!event) continue;
      const problem = shapeProblem(event);
      if (problem !== null)
        problems.push(`position ${String(event.position)}, stream ${event.stream}: ${problem}`);
      teller.tell(event);
    }
    events += page.length;
    after = page.at(-1)!.position;
    onProgress(events, Number(head));
  }
  const { claims, secrets, subjectKeys, erased: gone } = teller;
  return { events, problems, claims, secrets, subjectKeys, erased: gone };
};
