import { createServer as createTcpServer } from 'node:net';
import { once } from 'node:events';
import type { LookupAddress } from 'node:dns';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGuardedHttp } from '../../../adapters/outbound/guarded-http.js';
import { isPublicAddress } from '../../../adapters/outbound/is-public-address.js';
import { parseTargets } from '../../../adapters/outbound/targets.js';
import type { OutboundAnswer } from '../../../commands/delivery-ports.js';
import { Receiver } from '../../support/receiver.js';
import { startSecureReceiver } from '../../support/secure-receiver.js';

/** Names of a network of our own: what a name server says is up to whoever runs it. */
const names: Record<string, readonly string[]> = {
  'public.example': ['93.184.215.14'],
  'loopback.example': ['127.0.0.1'],
  'private.example': ['10.1.2.3'],
  'both.example': ['93.184.215.14', '169.254.169.254'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'six.example': ['fd00::1'],
};
let lookups = 0;
const resolve = (
  name: string,
  callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
): void => {
  lookups += 1;
  const found = names[name];
  if (!found) callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), []);
  else
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
};

let receiver: Receiver;
let http: ReturnType<typeof createGuardedHttp>;

const post = (url: string): Promise<OutboundAnswer> => http.post({ url, headers: { a: 'b' }, body: '{}' });

beforeAll(async () => {
  receiver = await Receiver.start();
});
afterAll(() => receiver.stop());
beforeEach(() => {
  lookups = 0;
  http = createGuardedHttp({ open: parseTargets(''), resolve, connectMs: 300, totalMs: 500 });
  receiver.behave = (_request, response) => {
    response.writeHead(200).end();
  };
});

describe('the certificate of the receiver', () => {
  it('is trusted when the given authority has signed it, and then only', async () => {
    const [receiver, other] = [await startSecureReceiver(), await startSecureReceiver()];
    const { target } = receiver;
    const open = createGuardedHttp({ open: parseTargets(target), totalMs: 5000 });
    const ask = (certificateAuthority?: string): Promise<OutboundAnswer> =>
      open.post({
        url: `https://${target}/`,
        headers: {},
        body: '{}',
        ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
      });
    const untrusted = { outcome: 'failed', reason: 'the certificate of the host is not trusted' };
    expect(await ask()).toEqual(untrusted);
    expect(await ask(receiver.authority)).toMatchObject({ outcome: 'answered', status: 204 });
    // A connection that is open already is not lent to those who trust somebody else.
    expect(await ask(other.authority)).toEqual(untrusted);
    expect(await ask()).toEqual(untrusted);
    await open.close();
    for (const { stop } of [receiver, other]) stop();
  });

  it('is trusted over few connections at a time, however many choices there are', async () => {
    const secure = await startSecureReceiver();
    const open = createGuardedHttp({ open: parseTargets(secure.target), totalMs: 5000 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        open.post({
          url: `https://${secure.target}/`,
          headers: {},
          body: '{}',
          certificateAuthority: `${secure.authority}# ${String(index)}\n`,
        }),
      ),
    );
    expect(answers.every(({ outcome }) => outcome === 'answered')).toBe(true);
    await vi.waitFor(async () => {
      expect(await secure.connections()).toBe(32);
    });
    await open.close();
    secure.stop();
  });
});

describe('G1: addresses', () => {
  it.each([
    ...['127.0.0.1', '0.0.0.0', '10.0.0.1', '100.64.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
    ...['192.168.0.1', '192.0.2.1', '198.18.0.1', '203.0.113.9', '224.0.0.1', '255.255.255.255'],
    ...[
      '::',
      '::1',
      '::127.0.0.1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::ffff:169.254.169.254',
      '::ffff:10.0.0.1',
    ],
    ...['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1'],
    ...[
      '2002:7f00:1::',
      '3fff::1',
      'fc00::1',
      'fd00:ec2::254',
      'fe80::1',
      'fe80::1%lo',
      'fec0::1',
      'ff02::1',
    ],
    ...['', 'localhost', '1.2.3', '2130706433'],
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    ...['1.1.1.1', '93.184.215.14', '172.15.0.1', '172.32.0.1', '100.63.0.1', '11.0.0.1', '223.255.255.255'],
    ...['2606:4700::1111', '2a00:1450:4001::1', '::ffff:1.1.1.1', '64:ff9b::1.1.1.1'],
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('G1: what is refused before anything is sent', () => {
  it.each([
    ['loopback', 'https://127.0.0.1/'],
    ['its short form', 'https://127.1/'],
    ['hexadecimal', 'https://0x7f.1/'],
    ['a number', 'https://2130706433/'],
    ['octal', 'https://0177.0.0.1/'],
    ['mapped', 'https://[::ffff:127.0.0.1]/'],
    ['loopback of version 6', 'https://[::1]/'],
    ['unique local', 'https://[fd00:ec2::254]/'],
    ['metadata', 'https://169.254.169.254/latest/meta-data/'],
    ['a private network', 'https://192.168.1.1/'],
    ['a name that leads to loopback', 'https://loopback.example/'],
    ['a name that leads to a private network', 'https://private.example/'],
    ['a name that leads to both', 'https://both.example/'],
    ['a name that leads to a mapped address', 'https://mapped.example/'],
    ['a name that leads to unique local', 'https://six.example/'],
  ])('%s', async (_what, url) => {
    expect(await post(url)).toEqual({
      outcome: 'refused',
      reason: 'the host has an address that is not public',
    });
  });

  it.each([
    ['http', 'http://public.example/', 'the address is not https'],
    ['credentials', 'https://user:secret@public.example/', 'the address carries credentials'],
    ['gopher', 'gopher://public.example/', 'the address is not one of the web'],
    ['a file', 'file:///etc/passwd', 'the address is not one of the web'],
    ['no address', '', 'the address is not one of the web'],
  ])('%s', async (_what, url, reason) => {
    expect(await post(url)).toEqual({ outcome: 'refused', reason });
    expect(lookups).toBe(0);
  });

  it("this machine's own addresses, public or not", async () => {
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    expect(own.length).toBeGreaterThan(0);
    for (const { address, family, scopeid } of own)
      if (!scopeid)
        expect(await post(family === 'IPv6' ? `https://[${address}]/` : `https://${address}/`)).toMatchObject(
          {
            outcome: 'refused',
          },
        );
  });

  it('connects to the address that was checked: the name is asked for once', async () => {
    let asked = 0;
    const rebinding = createGuardedHttp({
      open: parseTargets(''),
      connectMs: 300,
      totalMs: 500,
      resolve: (_name, callback) => {
        asked += 1;
        callback(null, [{ address: asked === 1 ? '192.0.2.1' : '93.184.215.14', family: 4 }]);
      },
    });
    expect(await rebinding.post({ url: 'https://rebind.example/', headers: {}, body: '' })).toMatchObject({
      outcome: 'refused',
    });
    expect(asked).toBe(1);
  });
});

describe('MUNIMENT_OUTBOUND_ALLOW', () => {
  const opened = (text: string) =>
    createGuardedHttp({ open: parseTargets(text), connectMs: 300, totalMs: 500 });

  it('opens exact targets, also without TLS', async () => {
    const client = opened(`other.example:1, ${receiver.target}`);
    expect(await client.post({ url: receiver.url('/open'), headers: {}, body: 'x' })).toEqual({
      outcome: 'answered',
      status: 200,
      retryAfterMs: null,
    });
    expect(receiver.at('/open')[0]!.body).toBe('x');
  });

  it.each([
    ['another port', (port: number) => `127.0.0.1:${String(port + 1)}`],
    ['another name of the same host', (port: number) => `localhost:${String(port)}`],
  ])('not %s', async (_what, target) => {
    const before = receiver.requests.length;
    expect(
      await opened(target(receiver.port)).post({ url: receiver.url(), headers: {}, body: '' }),
    ).toMatchObject({ outcome: 'refused' });
    expect(receiver.requests.length).toBe(before);
  });

  it('follows no redirect to a closed target', async () => {
    receiver.behave = (_request, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    };
    expect(await opened(receiver.target).post({ url: receiver.url(), headers: {}, body: '' })).toMatchObject({
      outcome: 'answered',
      status: 302,
    });
  });
});

describe('what can go wrong is told in words', () => {
  const client = (): ReturnType<typeof createGuardedHttp> =>
    createGuardedHttp({ open: parseTargets(receiver.target), connectMs: 300, totalMs: 500 });
  const reasonOf = (answer: OutboundAnswer): string =>
    answer.outcome === 'failed' ? answer.reason : JSON.stringify(answer);
  const send = async (): Promise<string> =>
    reasonOf(await client().post({ url: receiver.url(), headers: {}, body: '' }));

  it('no answer in time', async () => {
    receiver.behave = () => undefined;
    const since = Date.now();
    expect(await send()).toBe('no answer came in time');
    expect(Date.now() - since).toBeLessThan(1500);
  });

  it('a connection that breaks', async () => {
    receiver.behave = (_request, response) => response.socket?.resetAndDestroy();
    expect(await send()).toMatch(/^the connection was (reset|closed)/);
  });

  it('headers without end', async () => {
    receiver.behave = (_request, response) => {
      for (let n = 0; n < 100; n += 1) response.setHeader(`x-${String(n)}`, 'y'.repeat(1000));
      response.writeHead(200).end();
    };
    expect(await send()).toBe('the answer is too large');
  });

  it('nobody listens, nobody is known, nobody to trust', async () => {
    const closed = createTcpServer();
    closed.listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const target = `127.0.0.1:${String((closed.address() as AddressInfo).port)}`;
    await new Promise((done) => closed.close(done));
    const open = createGuardedHttp({ open: parseTargets(target) });
    expect(reasonOf(await open.post({ url: `http://${target}/`, headers: {}, body: '' }))).toBe(
      'the connection was refused',
    );
    expect(reasonOf(await post('https://unknown.example/'))).toBe('the host is not known');
  });

  it('a request to wait is understood, an hour at most', async () => {
    for (const [header, ms] of [
      ['120', 120_000],
      ['999999', 3_600_000],
      ['nonsense', null],
    ] as const) {
      receiver.behave = (_request, response) => {
        response.writeHead(429, { 'retry-after': header }).end();
      };
      expect(await client().post({ url: receiver.url(), headers: {}, body: '' })).toEqual({
        outcome: 'answered',
        status: 429,
        retryAfterMs: ms,
      });
    }
  });
});
