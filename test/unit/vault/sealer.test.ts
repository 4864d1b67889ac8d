import { randomBytes, randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MasterKey } from '../../../adapters/vault/master-key.js';
import { KeyRing } from '../../../adapters/vault/key-ring.js';
import { memorySubjectKeyStore } from '../../../adapters/vault/subject-key-store.js';
import { SubjectKeys } from '../../../adapters/vault/subject-keys.js';
import { VaultSealer } from '../../../adapters/vault/sealer.js';
import type { SealedEvent, StoredEvent } from '../../../commands/ports.js';
import { eventTypes } from '../../../domain/event-types.js';
import { erased } from '../../../domain/kernel/erased.js';
import type { EventMeta } from '../../../domain/kernel/event.js';
import { Secret } from '../../../domain/kernel/secret.js';

const newSealer = (master = new MasterKey(randomBytes(32)), store = memorySubjectKeyStore()): VaultSealer =>
  new VaultSealer(KeyRing.of(master), new SubjectKeys(store, KeyRing.of(master)), eventTypes);

const userId = randomUUID();
const meta: EventMeta = {
  commandId: randomUUID(),
  correlationId: 'c',
  causationId: null,
  actor: { type: 'user', id: userId, label: 'canary-label' },
  onBehalfOf: null,
  sessionId: null,
  brandId: null,
  tenant: 'main',
  via: 'admin',
  requestId: 'r',
  client: {
    ip: 'canary-ip',
    userAgent: 'canary-agent',
    method: 'GET',
    path: 'canary-path',
    query: 'canary-query',
  },
  reason: 'canary-reason',
  claims: [{ op: 'take', kind: 'user.username', value: 'canary-claim' }],
};
const event = {
  id: randomUUID(),
  type: 'user.renamed',
  data: { userId, name: 'canary-name', was: 'canary-was' },
  meta,
};

const sealOne = async (sealer: VaultSealer): Promise<SealedEvent> =>
  (await sealer.sealEvents([event], userId))[0]!;

const stored = (sealed: SealedEvent, id = event.id): StoredEvent => ({
  ...sealed,
  id,
  type: event.type,
  version: 1,
  position: 1n,
  stream: `user-${userId}`,
  revision: 1,
  at: new Date(),
  recordedAt: new Date(),
});

describe('sealing events', () => {
  it('leaves nothing personal in what is stored, and opens to the same', async () => {
    const sealer = newSealer();
    const sealed = await sealOne(sealer);
    expect(JSON.stringify(sealed)).not.toContain('canary');
    const [opened] = await sealer.openEvents([stored(sealed)]);
    expect(opened).toMatchObject({ data: event.data, meta });
  });

  it('D4: a ciphertext that is moved to another event or field does not open', async () => {
    const sealer = newSealer();
    const sealed = (await sealOne(sealer)) as {
      data: { name: unknown; was: unknown };
      meta: unknown;
    };
    await expect(sealer.openEvents([stored(sealed, randomUUID())])).rejects.toThrow();
    const swapped = { ...sealed, data: { ...sealed.data, name: sealed.data.was, was: sealed.data.name } };
    await expect(sealer.openEvents([stored(swapped)])).rejects.toThrow();
  });

  it('D5: without the subject key the event still reads, its personal part as erased', async () => {
    const master = new MasterKey(randomBytes(32));
    const sealer = newSealer(master);
    const sealed = await sealOne(sealer);
    const [opened] = await newSealer(master).openEvents([stored(sealed)]);
    expect(opened).toMatchObject({
      data: { userId, name: erased, was: erased },
      meta: { actor: { label: null }, client: null, reason: null },
    });
  });

  it('two processes that create a key at once end up with one', async () => {
    const master = new MasterKey(randomBytes(32));
    const store = memorySubjectKeyStore();
    const [first, second] = [newSealer(master, store), newSealer(master, store)];
    const sealed = await Promise.all([sealOne(first), sealOne(second)]);
    const opened = await second.openEvents(sealed.map((one) => stored(one)));
    expect(opened).toMatchObject([{ data: event.data }, { data: event.data }]);
  });

  it('D5: what was not erased stays readable, however many people one call is about', async () => {
    const ring = KeyRing.of(new MasterKey(randomBytes(32)));
    const sealer = new VaultSealer(ring, new SubjectKeys(memorySubjectKeyStore(), ring, 2), eventTypes);
    const people = Array.from({ length: 5 }, () => randomUUID());
    const events = people.map((person) => ({
      ...event,
      id: randomUUID(),
      data: { ...event.data, userId: person },
    }));
    for (let round = 0; round < 2; round += 1) {
      const sealed = await sealer.sealEvents(events, userId);
      const opened = await sealer.openEvents(sealed.map((one, n) => stored(one, events[n]!.id)));
      expect(opened).toMatchObject(events.map(({ data }) => ({ data, meta })));
    }
  });

  it('refuses an event type that nobody declared', async () => {
    await expect(newSealer().sealEvents([{ ...event, type: 'user.invented' }], userId)).rejects.toThrow(
      'not declared',
    );
  });
});

describe('secrets', () => {
  it('show a mask in every form but the one that is asked for', () => {
    const secret = new Secret('hunter2');
    expect([JSON.stringify({ secret }), String(secret), inspect(secret)].join()).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });

  it('open from the entry they were sealed into, and only there', () => {
    const sealer = newSealer();
    const { entry, reference } = sealer.sealSecret('webhook', 'transport/1/secret', 1, new Secret('canary'));
    expect(JSON.stringify([entry, reference])).not.toContain('canary');
    expect(sealer.openSecret(entry).reveal()).toBe('canary');
    expect(() => sealer.openSecret({ ...entry, ref: 'transport/2/secret' })).toThrow();
    expect(() => sealer.openSecret({ ...entry, version: 2 })).toThrow();
  });

  it('equal secrets have equal fingerprints under one key, passwords have none', () => {
    const sealer = newSealer();
    const print = (kind: string, value: string): string | null =>
      sealer.sealSecret(kind, 'r', 1, new Secret(value)).reference.fingerprint;
    expect(print('webhook', 'a')).toBe(print('webhook', 'a'));
    expect(print('webhook', 'a')).not.toBe(print('webhook', 'b'));
    expect(print('password', 'a')).toBeNull();
  });

  it('D7: each purpose has a key of its own', () => {
    const sealer = newSealer();
    expect(sealer.digest('claim', 'x', 'v')).not.toBe(sealer.digest('identifier', 'x', 'v'));
    expect(sealer.digest('claim', 'x', 'v')).not.toBe(sealer.digest('claim', 'y', 'v'));
  });
});
