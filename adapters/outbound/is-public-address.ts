import { BlockList, isIP, isIPv6 } from 'node:net';

/** IPv4 ranges that lead to this machine, its network, or nowhere (RFC 6890 and its registry). */
const closedV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Ranges inside global unicast that are none: special purposes, documentation, 6to4. */
const closedV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const closed = new BlockList();
for (const [network, bits] of closedV4) {
  closed.addSubnet(network, bits, 'ipv4');
  closed.addSubnet(`64:ff9b::${network}`, 96 + bits, 'ipv6');
}
for (const [network, bits] of closedV6) closed.addSubnet(network, bits, 'ipv6');

const globalV6 = new BlockList();
globalV6.addSubnet('2000::', 3, 'ipv6');
// Translation to IPv4 (RFC 6052): what lies behind is looked at above.
globalV6.addSubnet('64:ff9b::', 96, 'ipv6');

const mapped = new BlockList();
mapped.addSubnet('0.0.0.0', 0, 'ipv4');

/** Whether an address belongs to the public Internet. An IPv4 address in the clothes of IPv6 is judged as what it is. */
export const isPublicAddress = (address: string): boolean => {
  if (isIP(address) === 0 || address.includes('%')) return false;
  if (!isIPv6(address)) return !closed.check(address, 'ipv4');
  if (closed.check(address, 'ipv6')) return false;
  return globalV6.check(address, 'ipv6') || mapped.check(address, 'ipv6');
};
