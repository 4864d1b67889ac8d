import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, TLSSocket } from 'node:tls';
import {
  OutboundFailure,
  type OutboundSocket,
  type OutboundSockets,
  type SocketTarget,
} from '../../commands/sink-ports.js';
import {
  checkedLookup,
  OutboundRefused,
  refusalOf,
  resolveAll,
  tlsFailure,
  type Resolve,
} from './guarded-connector.js';

const connectMs = 5000;
const writeMs = 20_000;
const letInMs = 500;
/** Size of a datagram that arrives everywhere (RFC 5426, 3.2). */
const maxDatagramBytes = 2048;

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it was refused',
  ECONNRESET: 'it was reset',
  EPIPE: 'the receiver has closed it',
  ENOTFOUND: 'the host is not known',
  EAI_AGAIN: 'the host could not be looked up',
  ETIMEDOUT: 'no connection came about in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

const asFailure = (error: unknown): OutboundFailure => {
  if (error instanceof OutboundFailure) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (error instanceof OutboundRefused) return new OutboundFailure(`the guard refuses it, ${message}`);
  return new OutboundFailure(failures[code] ?? tlsFailure(code) ?? 'it broke');
};

/** Sockets that are no HTTP: to public addresses and to open targets, to no other. */
export const createGuardedSockets = (options: {
  readonly open: ReadonlySet<string>;
  readonly resolve?: Resolve;
}): OutboundSockets => {
  const isOpen = ({ host, port }: { readonly host: string; readonly port: number }): boolean =>
    options.open.has(`${host.toLowerCase()}:${String(port)}`);
  const checked = checkedLookup(options.resolve ?? resolveAll);
  /** The look-up to connect with; an address that stands there literally is checked at once. */
  const lookupFor = (target: {
    readonly host: string;
    readonly port: number;
  }): LookupFunction | undefined => {
    if (isOpen(target)) return undefined;
    const refusal = isIP(target.host) === 0 ? null : refusalOf([target.host]);
    if (refusal) throw refusal;
    return checked;
  };

  const connect = async (target: SocketTarget, signal: AbortSignal): Promise<OutboundSocket> => {
    try {
      const lookup = lookupFor(target);
      const socket = openSocket(target, lookup);
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(connectMs)]);
      try {
        await once(socket, target.transport === 'tls' ? 'secureConnect' : 'connect', { signal: deadline });
      } catch (error) {
        socket.destroy();
        throw deadline.aborted ? new OutboundFailure('no connection came about in time') : error;
      }
      if (socket instanceof TLSSocket) await isLetIn(socket);
      return wrap(socket);
    } catch (error) {
      throw asFailure(error);
    }
  };

  const openSocket = (target: SocketTarget, lookup: LookupFunction | undefined): Socket => {
    const address = { host: target.host, port: target.port, ...(lookup ? { lookup } : {}) };
    const socket =
      target.transport === 'tcp'
        ? connectTcp(address)
        : connectTls({
            ...address,
            ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
            ...(target.certificateAuthority === null ? {} : { ca: target.certificateAuthority }),
            ...(target.identity
              ? { cert: target.identity.certificate, key: target.identity.privateKey }
              : {}),
            minVersion: 'TLSv1.2',
          });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    return socket;
  };

  const addressOf = async (target: { readonly host: string; readonly port: number }): Promise<string> => {
    const lookup = lookupFor(target) ?? checkedLookup(resolveAll);
    if (isIP(target.host) !== 0 || isOpen(target)) return target.host;
    return new Promise((resolve, reject) => {
      lookup(target.host, { all: false }, (error, address) => {
        if (error) reject(error);
        else if (typeof address === 'string') resolve(address);
        else reject(new OutboundFailure('the host could not be looked up'));
      });
    });
  };

  const sendDatagram: OutboundSockets['sendDatagram'] = async (target, message) => {
    try {
      const address = await addressOf(target);
      const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
      try {
        await new Promise<void>((resolve, reject) => {
          socket.on('error', reject);
          socket.send(Buffer.from(message).subarray(0, maxDatagramBytes), target.port, address, (error) => {
            if (error) reject(error);
            else resolve();
          });
        });
      } finally {
        socket.close();
      }
    } catch (error) {
      throw asFailure(error);
    }
  };
  return { connect, sendDatagram };
};

/**
 * In TLS 1.3 the handshake is over for a client before the server has looked at its certificate. Waits for the ticket that
 * tells of success, for the end, or a moment, as not every server gives tickets. Throws when the server has closed.
 */
const isLetIn = async (socket: TLSSocket): Promise<void> => {
  if (socket.getProtocol() !== 'TLSv1.3') return;
  const over = new AbortController();
  const { signal } = over;
  socket.resume();
  try {
    await Promise.race([
      once(socket, 'session', { signal }),
      once(socket, 'close', { signal }).then(() => {
        throw new OutboundFailure(
          'the receiver has closed it after the handshake, it may want a certificate',
        );
      }),
      delay(letInMs, null, { signal }),
    ]);
  } finally {
    over.abort();
  }
};

const wrap = (socket: Socket): OutboundSocket => {
  const ended = new AbortController();
  let failure: Error | null = null;
  // Receivers say nothing. What they send is let go, so that the end of the connection is seen.
  socket.resume();
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('end', () => {
    ended.abort();
    socket.destroy();
  });
  socket.on('close', () => {
    ended.abort();
  });
  return {
    ended: ended.signal,
    write: async (bytes) => {
      try {
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(() => {
            socket.destroy();
            reject(new OutboundFailure('the receiver does not read'));
          }, writeMs);
          socket.write(bytes, (error) => {
            clearTimeout(timer);
            if (error) reject(error);
            else resolve();
          });
        });
        if (ended.signal.aborted) throw failure ?? new OutboundFailure('the receiver has closed it');
      } catch (error) {
        throw asFailure(error);
      }
    },
    close: () => {
      socket.end();
    },
  };
};
