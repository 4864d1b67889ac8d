import type { ClientInfo } from '../domain/kernel/event.js';

/** What is known of addresses. */
export interface Places {
  /** Where an address lies and whose network it is; empty when nobody can tell. */
  of(ip: string | null): Pick<ClientInfo, 'geo' | 'asn'>;
  /** Whether there is a database of places, and one of networks. */
  knowsPlaces(): boolean;
  knowsNetworks(): boolean;
}
