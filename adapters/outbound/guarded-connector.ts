import { lookup as lookupAddresses, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { buildConnector } from 'undici';
import { isPublicAddress } from './is-public-address.js';
import { targetOf } from './targets.js';

/** Nothing was sent: the guard does not let anything out to this address. */
export class OutboundRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'OutboundRefused';
  }
}

/** Looks all addresses of a name up. */
export type Resolve = (
  hostname: string,
  callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export const resolveAll: Resolve = (hostname, callback) => {
  lookupAddresses(hostname, { all: true }, callback);
};

const isOwn = (address: string): boolean =>
  Object.values(networkInterfaces()).some((list) => list?.some((entry) => entry.address === address));

/** Why none of a host's addresses may be connected to; null when all may. */
export const refusalOf = (addresses: readonly string[]): OutboundRefused | null =>
  addresses.every((address) => isPublicAddress(address) && !isOwn(address))
    ? null
    : new OutboundRefused('the host has an address that is not public');

/** Resolves a name once and hands out its addresses only when all of them are public, so that what was checked is what is connected to. */
export const checkedLookup =
  (resolve: Resolve): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const refusal = error ?? refusalOf(addresses.map(({ address }) => address));
      const first = addresses[0];
      if (refusal) callback(refusal, []);
      else if (options.all) callback(null, [...addresses]);
      else callback(null, first?.address ?? '', first?.family);
    });
  };

/** What went wrong in a handshake, by the code of the error; null for anything else. An alert is what the other side says of us. */
export const tlsFailure = (code: string): string | null => {
  if (/^ERR_SSL_.*_ALERT_/.test(code)) return 'the receiver does not accept the certificate that it is shown';
  return /^(ERR_TLS|ERR_SSL|CERT|DEPTH|UNABLE|SELF_SIGNED|EPROTO)/.test(code)
    ? 'the certificate of the host is not trusted'
    : null;
};

/** What a connection over TLS shows and trusts beside the usual. */
export interface TlsChoice {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
}

/** Makes connections to public addresses and to open targets, to no other. */
export const guardedConnector = (options: {
  readonly open: ReadonlySet<string>;
  readonly connectMs: number;
  readonly resolve?: Resolve;
  readonly tls?: TlsChoice;
}): buildConnector.connector => {
  const common = { timeout: options.connectMs, ...options.tls };
  const unguarded = buildConnector(common);
  const guarded = buildConnector({
    ...common,
    lookup: checkedLookup(options.resolve ?? resolveAll),
  });
  return (target, callback) => {
    if (options.open.has(targetOf(target))) {
      unguarded(target, callback);
      return;
    }
    // A literal address is never looked up.
    const literal = target.hostname.replace(/^\[|\]$/g, '');
    const refusal = isIP(literal) === 0 ? null : refusalOf([literal]);
    if (refusal) callback(refusal, null);
    else guarded(target, callback);
  };
};
