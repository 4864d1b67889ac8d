import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSelfSigned, type PemPair } from '../../adapters/tls/self-signed.js';
import { freePort } from '../../bin/free-port.mjs';
import { createModelCommand } from '../../commands/model/create-model.js';
import { certificate } from '../../domain/certificate/model.js';
import { syslogSink } from '../../domain/sink/syslog/model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { testSinkCommand } from '../../commands/sink/test-sink.js';
import type { Model } from '../../domain/kernel/model.js';
import type { SinkWorkers } from '../../workers/sink/start-sinks.js';
import { startProduct, type Product } from '../support/product.js';
import { caughtUp, createSink, HandClock, happen, wholeLog, workSinks } from '../support/sinks.js';
import { SyslogServer, type SyslogProgram, type SyslogTransport } from '../support/syslog-servers.js';

const filter = { field: 'reason', is: ['sink_test'] };

const servers: SyslogServer[] = [];
let product: Product;
let workers: SinkWorkers | null = null;
let choosy: SyslogServer;
let client: PemPair;
const made: string[] = [];

const variants: readonly (readonly [SyslogProgram, SyslogTransport, 'octet_counting' | 'line_feed'])[] = [
  ['rsyslog', 'tcp', 'octet_counting'],
  ['rsyslog', 'tcp', 'line_feed'],
  ['rsyslog', 'tls', 'octet_counting'],
  ['rsyslog', 'udp', 'line_feed'],
  ['syslog-ng', 'tcp', 'octet_counting'],
  ['syslog-ng', 'tls', 'octet_counting'],
];

beforeAll(async () => {
  for (const [program, transport] of variants) servers.push(await SyslogServer.start(program, transport));
  client = await createSelfSigned({ commonName: 'muniment', days: 2, use: 'signing' });
  choosy = await SyslogServer.start('rsyslog', 'tls', client.certificate);
  product = await startProduct({
    MUNIMENT_OUTBOUND_ALLOW: [...servers, choosy].map(({ port }) => `127.0.0.1:${String(port)}`).join(','),
  });
});
afterAll(async () => {
  await product.stop();
  for (const server of [...servers, choosy]) await server.stop();
});
afterEach(async () => {
  await workers?.stop();
  workers = null;
  for (const id of made.splice(0))
    await product.run(deleteModelCommand(syslogSink as unknown as Model), { id });
});

const sink = async (server: SyslogServer, values: Record<string, unknown>): Promise<string> => {
  const id = await createSink(product, syslogSink, {
    host: '127.0.0.1',
    port: server.port,
    certificateAuthority: server.certificate,
    filter,
    ...values,
  });
  made.push(id);
  return id;
};
const numbersIn = (lines: readonly string[]): number[] =>
  lines.flatMap((line) => {
    const found = /number (\d+)/.exec(line)?.[1];
    return found === undefined ? [] : [Number(found)];
  });
const received = (server: SyslogServer, count: number): Promise<readonly string[]> =>
  vi.waitFor(
    async () => {
      const lines = await server.lines();
      expect(lines.length).toBeGreaterThanOrEqual(count);
      return lines;
    },
    { timeout: 15_000, interval: 50 },
  );

describe.each(variants.map((variant, index) => [...variant, index] as const))(
  '%s over %s, framed by %s',
  (_program, transport, framing, index) => {
    it('understands every message: program, message id, structured data, text in UTF-8', async () => {
      const server = servers[index]!;
      await sink(server, { transport, framing, format: 'native' });
      await happen(product, 'number 1 with ümlauts and ] " \\', 'number 2 with\na line break', 'number 3');
      workers = workSinks(product);
      const lines = await received(server, 3);
      expect(numbersIn(lines)).toEqual([1, 2, 3]);
      const entries = (await wholeLog(product)).filter(({ reason }) => reason === 'sink_test').slice(-3);
      for (const [at, line] of lines.entries()) {
        expect(line).toMatch(
          /^muniment suspicious_request \[muniment@32473 id="[-0-9a-f]{36}" position="\d+"\] /,
        );
        expect(line).toContain(`id="${entries[at]!.id}"`);
        const record = JSON.parse(line.slice(line.indexOf('{'))) as { context: unknown };
        expect(record).toMatchObject({ context: entries[at]!.context });
      }
    });
  },
);

it('R5: a server that is killed and started again misses nothing; what was sent shortly before is sent again', async () => {
  const server = servers[4]!;
  const clock = new HandClock();
  const before = (await server.lines()).length;
  const id = await sink(server, { transport: 'tcp', format: 'cef' });
  await happen(product, 'number 101', 'number 102');
  workers = workSinks(product, { clock });
  await received(server, before + 2);
  await server.kill();
  await happen(product, 'number 103', 'number 104');
  await vi.waitFor(
    async () => {
      const [status] = await product.core.ports.sinks.records.status([id]);
      expect(status?.runs[0]?.attempts).toBeGreaterThan(0);
    },
    { timeout: 10_000, interval: 50 },
  );
  await server.start();
  clock.advance(60_000);
  workers.onNews();
  await caughtUp(product, id);
  const lines = (await received(server, before + 6)).slice(before);
  const cef = lines.map((line) => /position="(\d+)"/.exec(line)![1]!);
  expect([...new Set(cef)]).toHaveLength(4);
  // Before the break two, behind it the same two once more and the others in order.
  expect(cef).toEqual([cef[0], cef[1], cef[0], cef[1], cef[4], cef[5]]);
});

it('a server that wants to know who connects is shown the chosen certificate', async () => {
  const values = { transport: 'tls', certificateAuthority: choosy.certificate };
  const stranger = await sink(choosy, values);
  await happen(product, 'number 201');
  workers = workSinks(product);
  await vi.waitFor(
    async () => {
      const [status] = await product.core.ports.sinks.records.status([stranger]);
      expect(status?.runs[0]?.failure ?? '').toMatch(
        /the receiver (has closed it after the handshake|does not accept the certificate)/,
      );
    },
    { timeout: 10_000, interval: 50 },
  );
  const { id: clientCertificate } = await product.run(createModelCommand(certificate as unknown as Model), {
    values: { name: 'syslog client', ...client },
  });
  await sink(choosy, { ...values, clientCertificate });
  await happen(product, 'number 202');
  expect(numbersIn(await received(choosy, 1))).toEqual([202]);
});

it('a certificate that nobody vouches for is not trusted', async () => {
  const id = await sink(servers[2]!, { transport: 'tls', certificateAuthority: null });
  expect(await product.run(testSinkCommand, { id })).toEqual({
    delivered: false,
    message: 'The connection failed: the certificate of the host is not trusted.',
  });
});

it('no socket is opened into the own network', async () => {
  const port = await freePort();
  const id = await createSink(product, syslogSink, { host: '127.0.0.1', port, transport: 'tcp' });
  made.push(id);
  expect(await product.run(testSinkCommand, { id })).toMatchObject({
    delivered: false,
    message: expect.stringContaining('the guard refuses it') as string,
  });
});
