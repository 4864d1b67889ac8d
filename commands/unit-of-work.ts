import type { Actor } from '../domain/kernel/actor.js';
import { normalise, type Claim } from '../domain/kernel/claims.js';
import {
  fold,
  type Aggregate,
  type DomainEvent,
  type EventMeta,
  type RecordedClaim,
  type RecordedEvent,
} from '../domain/kernel/event.js';
import { eventTypes } from '../domain/event-types.js';
import type { Secret, SecretRef } from '../domain/kernel/secret.js';
import type { CommandContext } from './command.js';
import type { AppendBatch, ClaimOperation, ExpectedRevision, NewEvent, Ports, VaultEntry } from './ports.js';

interface Staged {
  readonly expected: ExpectedRevision;
  readonly events: DomainEvent[];
  readonly claims: RecordedClaim[];
}

/** Subject under whose key the request data of an event is sealed. Visitors' keys are destroyed by the month. */
const metaSubjectOf = (context: CommandContext, now: Date): string => {
  switch (context.actor.type) {
    case 'user':
      return context.actor.id;
    case 'anonymous':
      return visitorSubject(now);
    case 'cli':
      return 'operators';
    case 'client':
    case 'system':
      return visitorSubject(now);
  }
};

export const visitorSubject = (now: Date): string =>
  `visitor-${now.toISOString().slice(0, 7).replace('-', '')}`;

/**
 * Gathers what one command stores: events of one or more streams, claims, secrets. It is appended as one batch, all or
 * nothing, after the command has run.
 */
export class UnitOfWork {
  readonly ports: Ports;
  #context: CommandContext;
  readonly commandId: string;
  readonly now: Date;
  /** 1 for the first decision; more when a stream had moved under the one before. */
  readonly attempt: number;
  readonly #streams = new Map<string, Staged>();
  readonly #loaded = new Map<string, Promise<readonly RecordedEvent[]>>();
  readonly #revisions = new Map<string, number>();
  readonly #claims: (ClaimOperation & { readonly path: string })[] = [];
  readonly #vault: VaultEntry[] = [];
  #reverts: string | null = null;

  constructor(ports: Ports, context: CommandContext, commandId: string, attempt = 1) {
    this.attempt = attempt;
    this.ports = ports;
    this.#context = context;
    this.commandId = commandId;
    this.now = ports.clock.now();
  }

  get context(): CommandContext {
    return this.#context;
  }

  /** The visitor has proved who he is: what this command stores is his doing. */
  actAs(actor: Actor): void {
    this.#context = { ...this.#context, actor };
  }

  /** What this command stores takes an event back. */
  takeBack(eventId: string): void {
    this.#reverts = eventId;
    this.#context = { ...this.#context, causationId: eventId };
  }

  /** State of one aggregate. What is staged afterwards expects the stream to stand where it stood now. */
  async load<State, Event extends DomainEvent>(
    aggregate: Aggregate<State, Event>,
    id: string,
  ): Promise<State> {
    return fold(aggregate, (await this.events(`${aggregate.category}-${id}`)) as unknown as Event[]);
  }

  /** All events of a stream, opened. Asked again it answers the same, so that one command decides on one state. */
  events(stream: string): Promise<readonly RecordedEvent[]> {
    const known = this.#loaded.get(stream);
    if (known) return known;
    const loading = this.#read(stream);
    this.#loaded.set(stream, loading);
    return loading;
  }

  async #read(stream: string): Promise<readonly RecordedEvent[]> {
    const stored = await this.ports.store.readStream(stream);
    this.#revisions.set(stream, stored.at(-1)?.revision ?? -1);
    return this.ports.sealer.openEvents(stored);
  }

  /** Revision at which a loaded stream stood; -1 for an empty one. */
  revisionOf(stream: string): number {
    return this.#revisions.get(stream) ?? -1;
  }

  /** Stages events of one aggregate. A stream that was not loaded must not exist yet. */
  append(category: string, id: string, events: readonly DomainEvent[]): void {
    if (events.length === 0) return;
    const stream = `${category}-${id}`;
    const revision = this.#revisions.get(stream) ?? -1;
    this.#stage(stream, revision === -1 ? 'no_stream' : revision, events);
  }

  /** Stages events behind a revision that a read model told; the append decides whether it still holds. */
  appendAt(category: string, id: string, revision: number, events: readonly DomainEvent[]): void {
    this.#stage(`${category}-${id}`, revision, events);
  }

  /** Stages a fact without an aggregate. Such streams are cut by the hour and spread over sixteen shards. */
  record(event: DomainEvent): void {
    const kind = event.type.split('.')[1] ?? 'fact';
    const hour = this.now.toISOString().slice(0, 13).replaceAll(/[-T]/g, '');
    const shard = parseInt(this.commandId.slice(-1), 16);
    this.#stage(`activity-${kind}.${hour}.${String(shard)}`, 'any', [event]);
  }

  #stage(stream: string, expected: ExpectedRevision, events: readonly DomainEvent[]): void {
    const staged = this.#streams.get(stream);
    if (staged) staged.events.push(...events);
    else this.#streams.set(stream, { expected, events: [...events], claims: [] });
  }

  /** Takes and releases claims for a stream. Values that `personal` marks travel sealed in the first event. */
  claim(
    category: string,
    id: string,
    changes: { take: readonly Claim[]; release: readonly Claim[] },
    options: { path?: string; personal?: boolean } = {},
  ): void {
    const stream = `${category}-${id}`;
    const path = options.path ?? '';
    for (const [op, claims] of [
      ['take', changes.take],
      ['release', changes.release],
    ] as const)
      for (const { kind, value } of claims) {
        this.#claims.push({
          op,
          kind,
          hash: this.ports.sealer.digest('claim', kind, value),
          stream,
          path: path || (kind.split('.').at(-1) ?? ''),
        });
        if (options.personal) this.#streams.get(stream)?.claims.push({ op, kind, value });
      }
  }

  /** Claims one personal identifier in the normal form; releases the one it replaces. */
  claimIdentifier(
    kind: string,
    path: string,
    stream: { category: string; id: string },
    value: string | null,
    was: string | null,
  ): void {
    const claims = (text: string | null): Claim[] =>
      text === null || text === '' ? [] : [{ kind, value: normalise(text) }];
    if (value !== null && was !== null && normalise(value) === normalise(was)) return;
    this.claim(
      stream.category,
      stream.id,
      { take: claims(value), release: claims(was) },
      { path, personal: true },
    );
  }

  /** Puts a secret into the vault, in the same append as the events that refer to it. */
  sealSecret(kind: string, ref: string, version: number, value: Secret): SecretRef {
    const { entry, reference } = this.ports.sealer.sealSecret(kind, ref, version, value);
    this.#vault.push(entry);
    return reference;
  }

  get isEmpty(): boolean {
    return this.#streams.size === 0;
  }

  pathOfClaim(kind: string): string {
    return this.#claims.find((claim) => claim.kind === kind && claim.op === 'take')?.path ?? '';
  }

  /** The staged work, sealed and numbered. Event ids are named after the command, so that a retry appends nothing twice. */
  async toBatch(): Promise<AppendBatch> {
    const { sealer, ids } = this.ports;
    const metaSubject = metaSubjectOf(this.context, this.now);
    const staged = [...this.#streams];
    const drafts = staged
      .flatMap(([, { events, claims }]) =>
        events.map((event, index) => ({ ...event, meta: this.#meta(index === 0 ? claims : []) })),
      )
      .map((event, n) => ({ ...event, id: ids.named('event', `${this.commandId}/${String(n)}`) }));
    const sealed = await sealer.sealEvents(drafts, metaSubject);
    const numbered = drafts.map(({ id, type }, n): NewEvent => ({
      id,
      type,
      version: eventTypes.get(type)?.version ?? 1,
      ...sealed[n]!,
      at: this.now,
    }));
    let taken = 0;
    const streams = staged.map(([stream, { expected, events }]) => ({
      stream,
      expected,
      events: numbered.slice(taken, (taken += events.length)),
    }));
    return { streams, claims: this.#claims, vault: this.#vault, command: null };
  }

  #meta(claims: readonly RecordedClaim[]): EventMeta {
    const { context } = this;
    return {
      commandId: this.commandId,
      correlationId: context.correlationId,
      causationId: context.causationId,
      actor: context.actor,
      onBehalfOf: context.onBehalfOf,
      sessionId: context.sessionId,
      brandId: context.brandId,
      tenant: 'main',
      via: context.via,
      requestId: context.requestId,
      client: context.client,
      reason: context.reason,
      claims,
      ...(this.#reverts === null ? {} : { reverts: this.#reverts }),
    };
  }
}
