import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { pauseSinkCommand } from '../../commands/sink/pause-sink.js';
import { replaySinkCommand } from '../../commands/sink/replay-sink.js';
import { resumeSinkCommand } from '../../commands/sink/resume-sink.js';
import {
  retrySinkDeadLetterCommand,
  skipSinkDeadLetterCommand,
} from '../../commands/sink/settle-dead-letter.js';
import { testSinkCommand } from '../../commands/sink/test-sink.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import type { Model } from '../../domain/kernel/model.js';
import { httpSink } from '../../domain/sink/http/model.js';
import type { SinkWorkers } from '../../workers/sink/start-sinks.js';
import { startProduct, type Product } from '../support/product.js';
import { Receiver, type Received } from '../support/receiver.js';
import { caughtUp, createSink, HandClock, happen, runOf, wholeLog, workSinks } from '../support/sinks.js';

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes....').toString('base64')}`;
const filter = { field: 'reason', is: ['sink_test'] };
const minute = 60_000;
/** For what happens within moments, on a machine that may be busy. */
const patient = { timeout: 15_000, interval: 25 };

let product: Product;
let receiver: Receiver;
let workers: SinkWorkers | null = null;
let made: string[] = [];
let path = '';
let paths = 0;

const sink = async (values: Record<string, unknown> = {}): Promise<string> => {
  const id = await createSink(product, httpSink, { url: receiver.url(path), filter, ...values });
  made.push(id);
  return id;
};
const work = (clock?: HandClock): SinkWorkers => {
  workers = workSinks(product, { random: () => 0.5, ...(clock ? { clock } : {}) });
  return workers;
};
const taken = (): readonly Received[] => receiver.at(path);
const idsIn = (requests: readonly Received[]): string[] =>
  requests.flatMap(({ body }) => (JSON.parse(body) as { id: string }[]).map(({ id }) => id));
const idsOf = async (after: bigint): Promise<string[]> =>
  (await wholeLog(product, after)).filter(({ reason }) => reason === 'sink_test').map(({ id }) => id);
const head = (): Promise<bigint> => product.core.ports.sinks.records.head();
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

beforeAll(async () => {
  receiver = await Receiver.start();
  product = await startProduct({ MUNIMENT_OUTBOUND_ALLOW: receiver.target });
});
afterAll(async () => {
  await product.stop();
  await receiver.stop();
});
beforeEach(() => {
  path = `/sink-${String(++paths)}`;
  receiver.behave = (_request, response) => {
    response.writeHead(204).end();
  };
});
afterEach(async () => {
  await workers?.stop();
  workers = null;
  for (const id of made) await product.run(deleteModelCommand(httpSink as unknown as Model), { id });
  made = [];
});

describe('an HTTP sink', () => {
  it('sends what meets its filter, in order, signed so that another implementation verifies it', async () => {
    const before = await head();
    const id = await sink({ signingSecret: secret, bearerToken: 'a token' });
    await happen(product, ...numbers(1, 5));
    work();
    await caughtUp(product, id);
    expect(idsIn(taken())).toEqual(await idsOf(before));
    const [request] = taken();
    expect(request!.headers['authorization']).toBe('Bearer a token');
    expect(() =>
      new Webhook(secret).verify(request!.body, request!.headers as Record<string, string>),
    ).not.toThrow();
  });

  it('carries what happened before it was made only when it begins at the beginning', async () => {
    const id = await sink({ start: 'beginning' });
    const late = await sink({ url: receiver.url(`${path}-late`) });
    work();
    await caughtUp(product, id);
    await caughtUp(product, late);
    expect(idsIn(taken())).toEqual(await idsOf(0n));
    expect(receiver.at(`${path}-late`)).toEqual([]);
  });

  it('R5: a receiver that fails in every way gets everything at least once, in order, under the same ids', async () => {
    const clock = new HandClock();
    const before = await head();
    const id = await sink({ batchCount: 3 });
    await happen(product, ...numbers(1, 9));
    const waysToFail: ((response: Parameters<Receiver['behave']>[1]) => void)[] = [
      (response) => response.writeHead(500).end(),
      (response) => response.writeHead(429, { 'retry-after': '1' }).end(),
      (response) => response.writeHead(503).end(),
      // The body was taken, and the connection is reset.
      (response) => response.socket!.destroy(),
      (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      (response) => response.writeHead(401).end(),
      (response) => setTimeout(() => response.writeHead(200).end(), 300),
    ];
    receiver.behave = (_request, response) => {
      const fail = waysToFail.shift();
      if (fail) fail(response);
      else response.writeHead(200).end();
    };
    const { onNews } = work(clock);
    await vi.waitFor(
      async () => {
        clock.advance(60 * minute);
        onNews();
        expect((await runOf(product, id))?.position).toBe(await head());
      },
      { timeout: 20_000, interval: 50 },
    );
    const ids = idsIn(taken());
    expect([...new Set(ids)]).toEqual(await idsOf(before));
    expect(ids.length).toBeGreaterThan(9);
    const batches = new Map<string, string>();
    for (const { headers, body } of taken()) {
      const key = String(headers['webhook-id']);
      expect(batches.get(key) ?? body).toBe(body);
      batches.set(key, body);
    }
    expect(batches.size).toBe(3);
  });

  it('acceptance 2: a receiver that fails for a day, then answers, gets everything in order; the cursor is at the head', async () => {
    const clock = new HandClock();
    const before = await head();
    const id = await sink({ batchCount: 4 });
    await happen(product, ...numbers(1, 6));
    receiver.behave = (_request, response) => {
      response.writeHead(500).end();
    };
    const { onNews } = work(clock);
    await vi.waitFor(
      () => {
        clock.advance(20 * minute);
        onNews();
        expect(product.core.ports.config.byId(id)!.values['state']).toBe('failing');
      },
      { timeout: 30_000, interval: 20 },
    );
    const down = (await runOf(product, id))!;
    expect(clock.now().getTime() - down.failingSince!.getTime()).toBeGreaterThanOrEqual(24 * 60 * minute);
    // The pauses of the table: five short ones, then one an hour.
    expect(down.attempts).toBeGreaterThan(20);
    expect(down.attempts).toBeLessThan(35);
    await happen(product, ...numbers(7, 10));
    receiver.requests.length = 0;
    receiver.behave = (_request, response) => {
      response.writeHead(200).end();
    };
    await vi.waitFor(
      async () => {
        clock.advance(60 * minute);
        onNews();
        expect((await runOf(product, id))?.position).toBe(await head());
        expect(product.core.ports.config.byId(id)!.values['state']).toBe('active');
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(idsIn(taken())).toEqual(await idsOf(before));
    const log = (await wholeLog(product, before)).filter(({ target }) => target?.id === id);
    expect(log.map(({ action, severity }) => [action, severity])).toEqual([
      ['model_created', 'notice'],
      ['sink_paused', 'alert'],
      ['model_updated', 'notice'],
    ]);
  });

  it('acceptance 3: a replay is byte-identical to the first delivery', async () => {
    const before = await head();
    const id = await sink({ payload: 'ndjson', format: 'ocsf_1_8', batchCount: 4, filter: { all: [] } });
    await happen(product, ...numbers(1, 10));
    work();
    await caughtUp(product, id);
    const first = taken().map(({ body }) => body);
    expect(first.join('').split('\n').length).toBeGreaterThan(10);
    const until = (await runOf(product, id))!.position;
    receiver.requests.length = 0;
    const { requestId } = await product.run(replaySinkCommand, {
      id,
      fromPosition: String(before + 1n),
      toPosition: String(until),
      label: 'month of March',
    });
    workers!.onNews();
    await vi.waitFor(
      async () => {
        expect((await runOf(product, id, requestId))?.finishedAt).toBeInstanceOf(Date);
      },
      { timeout: 10_000, interval: 25 },
    );
    const replayed = taken().filter(({ headers }) => headers['muniment-replay'] !== undefined);
    const bytes = replayed.map(({ body }) => body).join('');
    expect(bytes).toBe(first.join(''));
    await expect(
      product.run(replaySinkCommand, { id, fromPosition: String(until + 1n), toPosition: String(until) }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', fields: [{ path: 'toPosition' }] });
    await expect(product.run(replaySinkCommand, { id })).rejects.toMatchObject({
      fields: [{ path: 'fromPosition' }],
    });
  });

  it('finds the one record that is refused for good, sets it aside, says so, and can send or leave it later', async () => {
    const before = await head();
    const id = await sink();
    await happen(product, ...numbers(1, 3), 'poison', ...numbers(4, 7));
    const refuse: typeof receiver.behave = ({ body }, response) => {
      response.writeHead(body.includes('poison') ? 422 : 200).end('not this one');
    };
    receiver.behave = refuse;
    work();
    await caughtUp(product, id);
    const ids = await idsOf(before);
    const accepted = taken().filter(({ body }) => !body.includes('poison'));
    expect(idsIn(accepted)).toEqual(ids.filter((_, index) => index !== 3));
    const { records } = product.core.ports.sinks;
    const [letter] = await records.deadLetters(id, 10);
    expect(letter).toMatchObject({ entryId: ids[3], state: 'open', status: 422, attempts: 1 });
    expect(letter!.body).not.toContain('not this one');
    const entry = (await wholeLog(product, before)).find(({ action }) => action === 'sink_dead_letter');
    expect(entry).toMatchObject({ severity: 'warning', target: { id }, context: { entry: ids[3] } });
    await product.run(retrySinkDeadLetterCommand, { id, entryId: ids[3] });
    workers!.onNews();
    await vi.waitFor(async () => {
      expect((await records.deadLetter(id, ids[3]!))?.attempts).toBe(2);
    }, patient);
    receiver.behave = (_request, response) => {
      response.writeHead(200).end();
    };
    await product.run(retrySinkDeadLetterCommand, { id, entryId: ids[3] });
    workers!.onNews();
    await vi.waitFor(async () => {
      expect((await records.deadLetter(id, ids[3]!))?.state).toBe('delivered');
    }, patient);
    receiver.behave = refuse;
    await happen(product, 'poison again');
    await caughtUp(product, id);
    const [second] = (await records.deadLetters(id, 10)).filter(({ state }) => state === 'open');
    await product.run(skipSinkDeadLetterCommand, { id, entryId: second!.entryId });
    workers!.onNews();
    await vi.waitFor(async () => {
      expect((await records.deadLetter(id, second!.entryId))?.state).toBe('skipped');
    }, patient);
    await expect(
      product.run(retrySinkDeadLetterCommand, { id, entryId: second!.entryId }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('does not take the word of a receiver that refuses everything: nothing is set aside, it is tried again', async () => {
    const id = await sink();
    await happen(product, ...numbers(1, 12));
    receiver.behave = (_request, response) => {
      response.writeHead(400).end();
    };
    work();
    await vi.waitFor(async () => {
      expect((await runOf(product, id))?.attempts).toBe(1);
    }, patient);
    expect(await product.core.ports.sinks.records.deadLetters(id, 10)).toEqual([]);
    expect((await runOf(product, id))!.failure).toContain('none of the records');
  });

  it('sends smaller batches to a receiver that finds them too large', async () => {
    const before = await head();
    const id = await sink();
    await happen(product, ...numbers(1, 8));
    receiver.behave = ({ body }, response) => {
      response.writeHead(idsIn([{ body } as Received]).length > 3 ? 413 : 200).end();
    };
    work();
    await caughtUp(product, id);
    const accepted = taken().filter((request) => idsIn([request]).length <= 3);
    expect(idsIn(accepted)).toEqual(await idsOf(before));
  });

  it('is disabled by 410 and goes on where it stopped when it is resumed', async () => {
    const before = await head();
    const id = await sink();
    await happen(product, '1');
    receiver.behave = (_request, response) => {
      response.writeHead(410).end();
    };
    work();
    const stateOf = (): unknown => product.core.ports.config.byId(id)!.values['state'];
    await vi.waitFor(() => {
      expect(stateOf()).toBe('disabled');
    }, patient);
    receiver.behave = (_request, response) => {
      response.writeHead(200).end();
    };
    await happen(product, '2');
    expect(taken()).toHaveLength(1);
    await product.run(resumeSinkCommand, { id });
    workers!.onNews();
    await caughtUp(product, id);
    expect(idsIn(taken().slice(1))).toEqual(await idsOf(before));
  });

  it('rests while it is paused', async () => {
    const before = await head();
    const id = await sink();
    await product.run(pauseSinkCommand, { id });
    work();
    await happen(product, '1', '2');
    workers!.onNews();
    expect(taken()).toEqual([]);
    await product.run(resumeSinkCommand, { id });
    workers!.onNews();
    await caughtUp(product, id);
    expect(idsIn(taken())).toEqual(await idsOf(before));
  });

  it('R5: two processes deliver each record once; when the one that has the lock ends, the other goes on', async () => {
    const before = await head();
    const id = await sink({ batchCount: 2 });
    await happen(product, ...numbers(1, 6));
    const first = workSinks(product);
    const second = workSinks(product);
    await caughtUp(product, id);
    await first.stop();
    await happen(product, ...numbers(7, 9));
    await caughtUp(product, id);
    await second.stop();
    expect(idsIn(taken())).toEqual(await idsOf(before));
  });

  it('redacts: what is dropped, masked, hashed or cut is not in the bytes, and equal values stay equal', async () => {
    const id = await sink({
      redaction: [
        { path: 'context.detail.*', op: 'hash' },
        { path: 'actor.id', op: 'mask' },
        { path: 'correlationId', op: 'mask' },
      ],
    });
    await happen(product, 'canary', 'canary', 'other');
    work();
    await caughtUp(product, id);
    const records = taken().flatMap(({ body }) => JSON.parse(body) as Record<string, any>[]);
    expect(JSON.stringify(records)).not.toContain('canary');
    const details = records.map(({ context }) => context.detail.detail as string);
    expect(details[0]).toBe(details[1]);
    expect(details[0]).not.toBe(details[2]);
    expect(records.map(({ actor }) => actor.id)).toEqual(['***', '***', '***']);
    expect(records[0]!['correlationId']).not.toBe('***');
  });

  it('is tested at once by a marked sample', async () => {
    const id = await sink({ format: 'cloudevents', payload: 'object' });
    expect(await product.run(testSinkCommand, { id })).toEqual({
      delivered: true,
      message: 'The receiver has taken the sample.',
    });
    expect(JSON.parse(taken()[0]!.body)).toMatchObject({
      type: 'muniment.custom_notification_test',
      data: { context: { message: 'This is a test of an event sink. Nothing has happened.' } },
    });
    expect(taken()[0]!.headers['content-type']).toBe('application/cloudevents+json');
    receiver.behave = (_request, response) => {
      response.writeHead(403).end();
    };
    expect(await product.run(testSinkCommand, { id })).toEqual({
      delivered: false,
      message: 'The receiver answered 403.',
    });
  });

  it('is not led into the own network', async () => {
    const id = await sink({ url: 'https://127.0.0.1:1/' });
    expect(await product.run(testSinkCommand, { id })).toMatchObject({
      delivered: false,
      message: expect.stringContaining('guard refuses') as string,
    });
  });
});
