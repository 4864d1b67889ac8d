/*
 * A writer of the MaxMind DB format, version 2.0, for addresses of IPv4: a search tree with records of 24 bits, sixteen
 * zero bytes, the data, and the metadata behind their marker.
 */
type Value = string | number | readonly Value[] | { readonly [key: string]: Value };

/** Whole numbers are written as uint32, others as double. */
const control = (type: number, size: number): Buffer => {
  if (size >= 29 + 256) throw new Error('longer values are not written');
  const [bits, more] = size < 29 ? [size, []] : [29, [size - 29]];
  return type <= 7 ? Buffer.from([(type << 5) | bits, ...more]) : Buffer.from([bits, type - 7, ...more]);
};

const encode = (value: Value): Buffer => {
  if (typeof value === 'string')
    return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') {
    const whole = Number.isInteger(value) && value >= 0;
    const bytes = Buffer.alloc(whole ? 4 : 8);
    if (whole) bytes.writeUInt32BE(value);
    else bytes.writeDoubleBE(value);
    return Buffer.concat([control(whole ? 6 : 3, bytes.length), bytes]);
  }
  if (Array.isArray(value))
    return Buffer.concat([control(11, value.length), ...(value as readonly Value[]).map(encode)]);
  const members = Object.entries(value as Record<string, Value>);
  return Buffer.concat([
    control(7, members.length),
    ...members.flatMap(([key, inner]) => [encode(key), encode(inner)]),
  ]);
};

const bitsOf = (network: string): number[] => {
  const [address = '', length = '32'] = network.split('/');
  const bytes = address.split('.').map(Number);
  return Array.from({ length: Number(length) }, (_unused, bit) => (bytes[bit >> 3]! >> (7 - (bit % 8))) & 1);
};

/** A database that tells a value of each of some networks, which do not overlap. */
export const mmdb = (type: string, networks: Readonly<Record<string, Value>>): Buffer => {
  const nodes: (number | Buffer | null)[][] = [[null, null]];
  for (const [network, value] of Object.entries(networks)) {
    let node = 0;
    const bits = bitsOf(network);
    for (const [depth, bit] of bits.entries()) {
      if (depth === bits.length - 1) nodes[node]![bit] = encode(value);
      else {
        nodes[node]![bit] ??= nodes.push([null, null]) - 1;
        node = nodes[node]![bit] as number;
      }
    }
  }
  const data: Buffer[] = [];
  let offset = 0;
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [index, sides] of nodes.entries())
    for (const [side, target] of sides.entries()) {
      const at = index * 6 + side * 3;
      if (Buffer.isBuffer(target)) {
        tree.writeUIntBE(nodes.length + 16 + offset, at, 3);
        data.push(target);
        offset += target.length;
      } else tree.writeUIntBE(target ?? nodes.length, at, 3);
    }
  const metadata = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: 4,
    database_type: type,
    languages: ['en'],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    description: { en: 'for tests' },
  });
  return Buffer.concat([
    tree,
    Buffer.alloc(16),
    ...data,
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    metadata,
  ]);
};
