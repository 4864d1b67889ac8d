import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SealedEvent, Sealer, StoredEvent, UnsealedEvent, VaultEntry } from '../../commands/ports.js';
import { erased } from '../../domain/kernel/erased.js';
import type { Actor } from '../../domain/kernel/actor.js';
import type { EventMeta, EventType, RecordedClaim, RecordedEvent } from '../../domain/kernel/event.js';
import { Secret, type SecretRef } from '../../domain/kernel/secret.js';
import { upcast } from '../../domain/kernel/upcast/upcast.js';
import { open, seal } from './aead.js';
import type { KeyRing } from './key-ring.js';
import type { SubjectKey, SubjectKeys, WantedKey } from './subject-keys.js';

/** A sealed value inside an event: subject, key version, nonce, ciphertext. */
interface SealedValue {
  readonly $s: string;
  readonly k: number;
  readonly n: string;
  readonly c: string;
}

/** The envelope as stored: what is personal about the request stands in one sealed value. */
type StoredMeta = Omit<EventMeta, 'actor' | 'onBehalfOf' | 'client' | 'reason' | 'claims'> & {
  readonly actor: Omit<Actor, 'label'>;
  readonly onBehalfOf: Omit<Actor, 'label'> | null;
  readonly personal?: SealedValue;
  readonly claims?: readonly { op: RecordedClaim['op']; kind: string; value: SealedValue }[];
};

interface Personal {
  readonly label: string | null;
  readonly client: EventMeta['client'];
  readonly reason: string | null;
}

/** Keys of the subjects of one call. */
type Keys = ReadonlyMap<string, SubjectKey>;

const isSealed = (value: unknown): value is SealedValue =>
  typeof value === 'object' && value !== null && '$s' in value && 'c' in value;

const fingerprintedKinds = (kind: string): boolean => kind !== 'password';

/** Seals personal data under the subject's key and secrets under the vault key (AES-256-GCM). */
export class VaultSealer implements Sealer {
  readonly #ring: KeyRing;
  readonly #keys: SubjectKeys;
  readonly #types: ReadonlyMap<string, EventType>;

  constructor(ring: KeyRing, keys: SubjectKeys, types: ReadonlyMap<string, EventType>) {
    this.#ring = ring;
    this.#keys = keys;
    this.#types = types;
  }

  async sealEvents(events: readonly UnsealedEvent[], metaSubject: string): Promise<readonly SealedEvent[]> {
    const subjects = events.flatMap((event) => this.#subjectOf(event) ?? []);
    const keys = await this.#keys.ensure([...subjects, metaSubject]);
    return events.map((event) => this.#sealEvent(event, metaSubject, keys));
  }

  /** Whose data an event holds; null when it is about nobody. */
  #subjectOf({ type, data }: UnsealedEvent): string | null {
    const field = this.#types.get(type)?.subject;
    const subject = field ? (data as Record<string, unknown>)[field] : null;
    return typeof subject === 'string' ? subject : null;
  }

  #sealEvent(event: UnsealedEvent, metaSubject: string, keys: Keys): SealedEvent {
    const type = this.#types.get(event.type);
    if (!type) throw new Error(`event type ${event.type} is not declared`);
    const data = { ...(event.data as Record<string, unknown>) };
    const subject = this.#subjectOf(event);
    if (subject !== null)
      for (const field of type.pii) {
        const value = data[field];
        if (value !== null && value !== undefined)
          data[field] = this.#seal(keys, event.id, `/data/${field}`, subject, value);
      }
    const { actor, onBehalfOf, client, reason, claims, ...clear } = event.meta;
    const { label, ...who } = actor;
    const personal: Personal = { label, client, reason };
    const hasPersonal = label !== null || client !== null || reason !== null;
    const meta: StoredMeta = {
      ...clear,
      actor: who,
      onBehalfOf: onBehalfOf && { type: onBehalfOf.type, id: onBehalfOf.id },
      ...(hasPersonal
        ? { personal: this.#seal(keys, event.id, '/meta/personal', metaSubject, personal) }
        : {}),
      ...(claims.length > 0
        ? {
            claims: claims.map((claim, index) => ({
              ...claim,
              value: this.#seal(
                keys,
                event.id,
                `/meta/claims/${String(index)}`,
                subject ?? metaSubject,
                claim.value,
              ),
            })),
          }
        : {}),
    };
    return { data, meta };
  }

  async openEvents(events: readonly StoredEvent[]): Promise<readonly RecordedEvent[]> {
    const wanted: WantedKey[] = [];
    const want = ({ $s, k }: SealedValue): unknown => wanted.push({ subject: $s, version: k });
    for (const event of events) {
      const type = this.#types.get(event.type);
      for (const field of type?.pii ?? []) {
        const value = (event.data as Record<string, unknown>)[field];
        if (isSealed(value)) want(value);
      }
      const meta = event.meta as StoredMeta;
      if (meta.personal) want(meta.personal);
      for (const claim of meta.claims ?? []) want(claim.value);
    }
    const keys = await this.#keys.load(wanted);
    return events.map((event) => this.#openEvent(event, keys));
  }

  #openEvent(event: StoredEvent, keys: Keys): RecordedEvent {
    const type = this.#types.get(event.type);
    const data = { ...(event.data as Record<string, unknown>) };
    for (const field of type?.pii ?? [])
      if (isSealed(data[field])) data[field] = this.#open(keys, event.id, `/data/${field}`, data[field]);
    const { personal: sealed, claims, actor, onBehalfOf, ...clear } = event.meta as StoredMeta;
    const personal = sealed ? this.#open(keys, event.id, '/meta/personal', sealed) : null;
    const {
      label = null,
      client = null,
      reason = null,
    } = (personal === erased ? {} : (personal ?? {})) as Partial<Personal>;
    return {
      ...event,
      data: type ? upcast(type, event.type, event.version, data) : data,
      meta: {
        ...clear,
        actor: { ...actor, label },
        onBehalfOf: onBehalfOf && { ...onBehalfOf, label: null },
        client,
        reason,
        claims: (claims ?? []).map((claim, index) => ({
          op: claim.op,
          kind: claim.kind,
          value: String(this.#open(keys, event.id, `/meta/claims/${String(index)}`, claim.value)),
        })),
      },
    };
  }

  #seal(keys: Keys, eventId: string, path: string, subject: string, value: unknown): SealedValue {
    const key = keys.get(subject);
    // Nobody can read what is sealed for a subject that was erased: nothing of it is kept.
    if (!key) return { $s: subject, k: 0, n: '', c: '' };
    const { nonce, ciphertext } = seal(
      key.key,
      JSON.stringify(value),
      `${eventId}|${path}|${subject}|${String(key.version)}`,
    );
    return { $s: subject, k: key.version, n: nonce, c: ciphertext };
  }

  #open(keys: Keys, eventId: string, path: string, value: SealedValue): unknown {
    const key = keys.get(value.$s)?.versions.get(value.k);
    if (!key) return erased;
    const text = open(
      key,
      { nonce: value.n, ciphertext: value.c },
      `${eventId}|${path}|${value.$s}|${String(value.k)}`,
    );
    return JSON.parse(text) as unknown;
  }

  sealSecret(
    kind: string,
    ref: string,
    version: number,
    value: Secret,
  ): { entry: VaultEntry; reference: SecretRef } {
    const fingerprint = fingerprintedKinds(kind) ? this.#fingerprint(kind, value.reveal()) : null;
    const sealed = this.#ring.seal('vault', value.reveal(), `${ref}|${String(version)}|${kind}`);
    return { entry: { ref, version, kind, sealed, fingerprint }, reference: { ref, version, fingerprint } };
  }

  #fingerprint(kind: string, value: string): string {
    return createHmac('sha256', this.#ring.digestKey('vault-fingerprint'))
      .update(`${kind}\0${value}`)
      .digest('base64url');
  }

  matchesSecret(kind: string, reference: SecretRef, presented: string): boolean {
    if (reference.fingerprint === null) return false;
    const [left, right] = [
      Buffer.from(reference.fingerprint),
      Buffer.from(this.#fingerprint(kind, presented)),
    ];
    return left.length === right.length && timingSafeEqual(left, right);
  }

  openSecret(entry: VaultEntry): Secret {
    return new Secret(
      this.#ring.open('vault', entry.sealed, `${entry.ref}|${String(entry.version)}|${entry.kind}`),
    );
  }

  sealResult(commandId: string, result: unknown): string {
    return this.#ring.seal('command-result', JSON.stringify(result ?? null), commandId);
  }

  openResult(commandId: string, sealed: string): unknown {
    return JSON.parse(this.#ring.open('command-result', sealed, commandId)) as unknown;
  }

  sealState(id: string, state: unknown): string {
    return this.#ring.seal('flow-state', JSON.stringify(state), id);
  }

  openState(id: string, sealed: string): unknown {
    return JSON.parse(this.#ring.open('flow-state', sealed, id)) as unknown;
  }

  digest(purpose: 'claim' | 'identifier' | 'token', scope: string, value: string): string {
    return createHmac('sha256', this.#ring.digestKey(`digest-${purpose}`))
      .update(`${scope}\0${value}`)
      .digest('base64url');
  }
}
