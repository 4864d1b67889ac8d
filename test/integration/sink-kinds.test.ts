import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGuardedExchange } from '../../adapters/outbound/guarded-exchange.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { openSplunkHec } from '../../commands/sink/kinds/splunk-hec.js';
import { testSinkCommand } from '../../commands/sink/test-sink.js';
import type { Model } from '../../domain/kernel/model.js';
import { datadogSink } from '../../domain/sink/datadog/model.js';
import { elasticSink } from '../../domain/sink/elastic/model.js';
import { fileSink } from '../../domain/sink/file/model.js';
import { kafkaSink } from '../../domain/sink/kafka/model.js';
import { s3Sink } from '../../domain/sink/s3/model.js';
import { splunkHecSink } from '../../domain/sink/splunk-hec/model.js';
import { sumoSink } from '../../domain/sink/sumo/model.js';
import type { SinkWorkers } from '../../workers/sink/start-sinks.js';
import { startProduct, type Product } from '../support/product.js';
import { Receiver } from '../support/receiver.js';
import { caughtUp, createSink, happen, runOf, wholeLog, workSinks } from '../support/sinks.js';

const filter = { field: 'reason', is: ['sink_test'] };

let product: Product;
let receiver: Receiver;
let folder: string;
let workers: SinkWorkers | null = null;
const made: [Model, string][] = [];

const sink = async (model: Model<any>, values: Record<string, unknown>): Promise<string> => {
  const id = await createSink(product, model, { filter, ...values });
  made.push([model as Model, id]);
  return id;
};
const deliver = async (id: string, ...details: readonly string[]): Promise<void> => {
  await happen(product, ...details);
  workers = workSinks(product);
  await caughtUp(product, id);
};
const answer = (response: ServerResponse, status: number, body: unknown = ''): void => {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
};
const newest = async (count: number): Promise<string[]> =>
  (await wholeLog(product))
    .filter(({ reason }) => reason === 'sink_test')
    .slice(-count)
    .map(({ id }) => id);

beforeAll(async () => {
  receiver = await Receiver.start();
  folder = await mkdtemp(join(tmpdir(), 'muniment-sinks-'));
  product = await startProduct({
    MUNIMENT_OUTBOUND_ALLOW: `${receiver.target},kafka.example:9092`,
    MUNIMENT_SINK_FOLDER: folder,
  });
});
afterAll(async () => {
  await product.stop();
  await receiver.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  receiver.requests.length = 0;
});
afterEach(async () => {
  await workers?.stop();
  workers = null;
  for (const [model, id] of made.splice(0)) await product.run(deleteModelCommand(model), { id });
});

describe('a file', () => {
  it('holds a line an entry, is rotated when it is full, and the oldest are let go', async () => {
    const id = await sink(fileSink, { fileName: 'audit', rotateMib: 1, keepFiles: 2, batchCount: 1 });
    const path = join(folder, 'audit.ndjson');
    // Nearly full: the next line makes a new one.
    for (const full of ['1', '2']) await writeFile(join(folder, `audit.${full}.ndjson`), `${full}\n`);
    await writeFile(path, `${'x'.repeat(1024 * 1024 - 10)}\n`);
    await deliver(id, '1', '2');
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(await newest(2));
    expect((await readdir(folder)).sort()).toEqual(['audit.2.ndjson', 'audit.3.ndjson', 'audit.ndjson']);
  });

  it('outside of the folder cannot be named', async () => {
    await expect(sink(fileSink, { fileName: '../etc/passwd' })).rejects.toMatchObject({
      fields: [{ path: 'fileName' }],
    });
  });
});

describe('Elasticsearch, as its documentation says it answers (unproven against the real service)', () => {
  const items = (statuses: readonly number[]): unknown => ({
    errors: true,
    items: statuses.map((status) => ({ create: { status } })),
  });

  it('takes documents named after entries; one that is there already counts as taken, one it cannot parse is set aside', async () => {
    const id = await sink(elasticSink, { url: receiver.url('/es'), apiKey: 'key', format: 'ecs' });
    receiver.behave = (_request, response) => {
      answer(response, 200, items([201, 409, 400]));
    };
    await deliver(id, '1', '2', '3');
    const ids = await newest(3);
    const [request] = receiver.at('/es/logs-muniment.audit-default/_bulk');
    expect(request!.headers).toMatchObject({
      authorization: 'ApiKey key',
      'content-type': 'application/x-ndjson',
    });
    const lines = request!.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, any>);
    expect(lines.flatMap((line) => (line['create'] ? [line['create']._id as string] : []))).toEqual(ids);
    expect(lines[1]!['@timestamp']).toBeTypeOf('string');
    const letters = await product.core.ports.sinks.records.deadLetters(id, 10);
    expect(letters.map(({ entryId, status }) => [entryId, status])).toEqual([[ids[2], 400]]);
  });

  it('that is too busy for one document gets all of them again', async () => {
    const id = await sink(elasticSink, { url: receiver.url('/busy'), apiKey: 'key' });
    receiver.behave = (_request, response) => {
      answer(response, 200, items([201, 429]));
    };
    await happen(product, '1', '2');
    workers = workSinks(product);
    await vi.waitFor(
      async () => {
        expect((await runOf(product, id))?.attempts).toBe(1);
      },
      { timeout: 10_000 },
    );
    expect(await product.core.ports.sinks.records.deadLetters(id, 10)).toEqual([]);
    const [, document] = receiver.requests[0]!.body.split('\n');
    expect(JSON.parse(document!)).toHaveProperty('@timestamp');
  });

  it('cannot be given lines of text', async () => {
    await expect(
      sink(elasticSink, { url: receiver.url('/es'), apiKey: 'key', format: 'cef' }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', fields: [{ path: 'format' }] });
  });
});

describe('Splunk, as its documentation says it answers (unproven against the real service)', () => {
  it('takes events one behind the other under its token', async () => {
    const id = await sink(splunkHecSink, {
      url: receiver.url('/hec'),
      token: 'the-token',
      index: 'audit',
      format: 'ocsf_1_8',
    });
    receiver.behave = (_request, response) => {
      answer(response, 200, { text: 'Success', code: 0 });
    };
    await deliver(id, '1', '2');
    const [request] = receiver.at('/hec/services/collector/event');
    expect(request!.headers).toMatchObject({
      authorization: 'Splunk the-token',
      'x-splunk-request-channel': id,
    });
    const events = JSON.parse(`[${request!.body.replaceAll('}{"time"', '},{"time"')}]`) as any[];
    expect(events.map(({ fields }) => fields.event_id as string)).toEqual(await newest(2));
    expect(events[0]).toMatchObject({
      sourcetype: 'muniment:audit',
      index: 'audit',
      event: { class_uid: 2004 },
    });
  });

  it('with acknowledgement is asked until an indexer has the events, and not for ever', async () => {
    const exchange = createGuardedExchange({ open: new Set([receiver.target]) });
    const context = {
      ways: { ...product.core.ports.sinks.ways, http: exchange },
      now: () => new Date(),
      signWebhook: product.core.ports.signWebhook,
      reveal: () => Promise.resolve('the-token'),
      secretBefore: () => Promise.resolve(null),
      identity: () => Promise.resolve(null),
    };
    const endpoint = openSplunkHec({ every: 10, for: 50 })(context, {
      id: randomUUID(),
      values: { url: receiver.url('/ack'), index: null, source: 's', host: 'h', useAck: true, token: null },
    } as never);
    let asked = 0;
    let acknowledgeAt = 3;
    receiver.behave = ({ path }, response) => {
      if (path.includes('/event')) answer(response, 200, { code: 0, ackId: 7 });
      else answer(response, 200, { acks: { '7': ++asked >= acknowledgeAt } });
    };
    const batch = {
      id: 'b',
      label: null,
      records: [{ occurredAt: '2026-01-01T00:00:00Z', line: '{}' } as never],
    };
    const { signal } = new AbortController();
    expect(await endpoint.deliver(batch, signal)).toEqual({ outcome: 'delivered', refused: [] });
    expect(asked).toBe(3);
    acknowledgeAt = 1000;
    expect(await endpoint.deliver(batch, signal)).toMatchObject({
      outcome: 'failed',
      failure: 'The indexer has not acknowledged the batch in time.',
    });
    await exchange.close();
  });
});

describe('a bucket, as the protocol of S3 describes it (unproven against a real service)', () => {
  it('gets a compressed object and its digest under names that follow from the entries, signed and locked', async () => {
    const bodies = new Map<string, Buffer>();
    receiver.behave = (_request, response) => {
      answer(response, 200);
    };
    const { http, ...ways } = product.core.ports.sinks.ways;
    expect(ways.sha256(Buffer.from('')).hex).toBe(createHash('sha256').digest('hex'));
    const seen = vi.spyOn(http, 'exchange');
    const id = await sink(s3Sink, {
      endpoint: receiver.url(''),
      bucket: 'audit',
      prefix: 'muniment/log',
      accessKeyId: 'AKID',
      secretAccessKey: 'the-secret-key',
      lockMode: 'compliance',
      retainDays: 30,
    });
    await deliver(id, '1', '2');
    for (const [{ url, body }] of seen.mock.calls)
      bodies.set(new URL(url).pathname, Buffer.from(body as Uint8Array));
    seen.mockRestore();
    const [object, digest] = receiver.requests;
    expect(object!.path).toMatch(/^\/audit\/muniment\/log\/\d{4}\/\d\d\/\d\d\/\d\d\/\d+-\d+\.ndjson\.gz$/);
    expect(digest!.path).toBe(`${object!.path}.sha256`);
    const bytes = bodies.get(object!.path)!;
    const lines = gunzipSync(bytes).toString('utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(await newest(2));
    const sum = createHash('sha256').update(bytes);
    const hex = sum.copy().digest('hex');
    expect(bodies.get(digest!.path)!.toString()).toBe(`${hex}  ${object!.path.split('/').at(-1)!}\n`);
    expect(object!.headers).toMatchObject({
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-checksum-sha256': sum.digest('base64'),
      'x-amz-content-sha256': hex,
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/us-east-1\/s3\/aws4_request, SignedHeaders=.*x-amz-object-lock-mode.*Signature=[0-9a-f]{64}$/,
      ) as string,
    });
    expect(JSON.stringify(receiver.requests)).not.toContain('the-secret-key');
  });
});

describe('Datadog and Sumo Logic, as their documentation says they answer (unproven against the real services)', () => {
  it('Datadog gets an array of messages under its key', async () => {
    receiver.behave = (_request, response) => {
      answer(response, 202, {});
    };
    const id = await sink(datadogSink, { url: receiver.url('/dd'), apiKey: 'key', tags: 'env:test' });
    await deliver(id, '1', '2');
    const [request] = receiver.at('/dd');
    expect(request!.headers['dd-api-key']).toBe('key');
    const items = JSON.parse(request!.body) as Record<string, string>[];
    expect(items.map(({ message }) => (JSON.parse(message!) as { id: string }).id)).toEqual(await newest(2));
    expect(items[0]).toMatchObject({ ddsource: 'muniment', ddtags: 'env:test', service: 'muniment' });
  });

  it('Sumo Logic gets lines at an address that is kept as a secret', async () => {
    receiver.behave = (_request, response) => {
      answer(response, 200);
    };
    const id = await sink(sumoSink, { sourceUrl: receiver.url('/sumo-token') });
    await deliver(id, '1', '2');
    const [request] = receiver.at('/sumo-token');
    expect(request!.headers['x-sumo-category']).toBe('muniment/audit');
    expect(request!.body.trim().split('\n')).toHaveLength(2);
    expect(JSON.stringify(product.core.ports.config.byId(id)!.values)).not.toContain('sumo-token');
  });
});

describe('Kafka', () => {
  it('says what is missing when its client is not installed', async () => {
    const id = await sink(kafkaSink, { brokers: ['kafka.example:9092'], topic: 'audit' });
    expect(await product.run(testSinkCommand, { id })).toEqual({
      delivered: false,
      message: 'Kafka needs the package @platformatic/kafka, which is not installed.',
    });
  });

  it('is led to open targets only', async () => {
    const id = await sink(kafkaSink, { brokers: ['10.0.0.1:9092'], topic: 'audit' });
    expect(await product.run(testSinkCommand, { id })).toMatchObject({
      message: expect.stringContaining('MUNIMENT_OUTBOUND_ALLOW') as string,
    });
  });
});
