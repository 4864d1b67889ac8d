import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedPostgres, embeddedConnection } from '../../adapters/embedded-postgres/supervisor.js';
import type { AppendBatch } from '../../commands/ports.js';
import { UnitOfWork } from '../../commands/unit-of-work.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { systemContext } from '../../commands/system-context.js';
import { eventTypes } from '../../domain/event-types.js';
import type { EventType } from '../../domain/kernel/event.js';
import { models } from '../../domain/models.generated.js';
import { readSettings } from '../../bin/configuration.js';
import { startCore, type Core } from '../../bin/core.js';
import { silent } from '../support/silent-log.js';
import { validValues } from '../support/valid-values.js';

/*
 * Only the log is written here: the read models, which hold personal data in clear, are stopped first. What is left on
 * disk afterwards - tables, indexes, write-ahead log - must hold no canary.
 */
let folder: string;
let postgres: EmbeddedPostgres;
let core: Core;
let canaries: string[];

const canary = (place: string): string => {
  const text = `canary-${place.replaceAll(/[^a-z0-9]/gi, '-')}`;
  canaries.push(text);
  return text;
};

const zeroValue = (schema: any): unknown => {
  for (const candidate of [
    0,
    '',
    true,
    null,
    [],
    {},
    '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f',
    '2026-01-01T00:00:00.000Z',
    { ref: 'r', version: 1, fingerprint: null },
  ])
    if (schema.safeParse(candidate).success) return candidate;
  return schema.options?.[0] ?? null;
};

const dataWithCanaries = (name: string, type: EventType, subject: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(type.shape).map(([field, schema]) => {
      if (field === type.subject) return [field, subject];
      if (!type.pii.includes(field)) return [field, zeroValue(schema)];
      const value = canary(`${name}-${field}`);
      return [field, (schema as any).safeParse(value).success ? value : { key: value }];
    }),
  );

beforeAll(async () => {
  canaries = [];
  folder = await mkdtemp(join(tmpdir(), 'muniment-disk-'));
  postgres = await EmbeddedPostgres.start(folder, silent);
  core = await startCore(
    readSettings({ MUNIMENT_DATA_DIR: folder }),
    await embeddedConnection(folder),
    silent,
  );
  for (const runner of core.runners.values()) await runner.stop();
});
afterAll(async () => {
  await core.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('D1, D5: canaries in every field marked personal or secret', () => {
  it('are nowhere on disk after an append, a checkpoint and a remembered answer', async () => {
    const { ports } = core;
    const context = {
      ...systemContext(ports, 'test'),
      actor: { type: 'user' as const, id: ports.ids.next('user'), label: canary('actor-label') },
      onBehalfOf: { type: 'user' as const, id: ports.ids.next('user'), label: canary('on-behalf-label') },
      reason: canary('reason'),
      client: {
        ip: canary('ip'),
        userAgent: canary('user-agent'),
        method: 'GET',
        path: canary('path'),
        query: canary('query'),
      },
    };
    for (const [name, type] of eventTypes) {
      const unit = new UnitOfWork(ports, context, ports.ids.next('command'));
      const subject = ports.ids.next('user');
      const [category] = name.split('.');
      unit.append(category!, ports.ids.next('x'), [
        { type: name, data: dataWithCanaries(name, type, subject) },
      ]);
      unit.claimIdentifier(
        'user.username',
        'username',
        { category: category!, id: 'x' },
        canary(`${name}-claim`),
        null,
      );
      unit.sealSecret('password', `positive-control/${name}`, 1, {
        reveal: () => canary(`${name}-secret`),
      } as never);
      const batch: AppendBatch = await unit.toBatch();
      const command = {
        id: unit.commandId,
        requestHash: ports.sealer.digest('identifier', 'x', canary(`${name}-request`)),
        sealedResult: ports.sealer.sealResult(unit.commandId, { secret: canary(`${name}-result`) }),
        expiresAt: new Date(Date.now() + 60_000),
      };
      await ports.store.append({
        ...batch,
        streams: batch.streams.map((stream) => ({ ...stream, expected: 'any' as const })),
        claims: batch.claims.map((claim) => ({ ...claim, stream: batch.streams[0]!.stream })),
        command,
      });
    }
    for (const model of models) {
      const secrets = Object.entries(model.specs).filter(([, spec]) => spec.kind === 'secret');
      if (secrets.length === 0) continue;
      const unit = new UnitOfWork(ports, context, ports.ids.next('command'));
      const values = {
        ...validValues(model, model.name.replaceAll('_', '-')),
        ...Object.fromEntries(secrets.map(([field]) => [field, canary(`${model.name}-${field}`)])),
      };
      await createModelCommand(model)
        .run(unit, { values })
        .catch(() => undefined);
      if (!unit.isEmpty) await ports.store.append(await unit.toBatch());
    }
    await ports.executions.create({
      id: ports.ids.next('x'),
      flowId: ports.ids.next('flow'),
      browserHash: 'h',
      step: 0,
      state: ports.sealer.sealState('x', { typed: canary('flow-state') }),
      expiresAt: new Date(Date.now() + 60_000),
    });
    const client = new pg.Client(await embeddedConnection(folder));
    await client.connect();
    const { rows } = await client.query('select count(*)::int as n from es.event');
    await client.query('checkpoint');
    await client.end();
    expect(rows[0].n).toBeGreaterThanOrEqual(eventTypes.size);
    expect(canaries.length).toBeGreaterThan(50);
    const onDisk = (pattern: string): string[] =>
      execFileSync(
        'sh',
        [
          '-c',
          `grep -rhoaE '${pattern}' '${join(folder, 'postgres')}' '${join(folder, 'postgres.log')}' | sort -u || true`,
        ],
        { encoding: 'utf8' },
      )
        .split('\n')
        .filter(Boolean);
    // The search finds what is there in clear, so finding nothing means something.
    expect(onDisk('positive-control/user')).not.toEqual([]);
    expect(onDisk('canary-[a-zA-Z0-9-]+')).toEqual([]);
  });
});
