/** Cases that an adapter does not run, and why. Everything else holds on every adapter. */
export const skipped: readonly {
  readonly title: string;
  readonly adapters: RegExp;
  readonly reason: string;
}[] = [
  {
    title: 'positions are dense',
    adapters: /^eventstoredb/,
    reason: 'positions are places in its log; gaps are claims, events of the server, and sizes',
  },
  {
    title: 'a hundred thousand events are read and followed without loss, in order',
    adapters: /classic append$/,
    reason: 'reading is the same with both ways to append, and takes long',
  },
  {
    title: 'R1, R7: an append whose answer is lost is stored once',
    adapters: /^memory|real server$/,
    reason: 'there is no server that a test may break',
  },
  {
    title: 'R1, R7: a fact whose answer is lost is stored once',
    adapters: /^memory|real server$/,
    reason: 'there is no server that a test may break',
  },
  {
    title: 'R1, R7: a batch with claim, secret and answer is stored once when its answer is lost',
    adapters: /^memory|real server$/,
    reason: 'there is no server that a test may break',
  },
  {
    title: 'R10: a server that takes everything and answers nothing is given up after a deadline of our own',
    adapters: /^memory|real server$/,
    reason: 'there is no server that a test may break',
  },
  {
    title:
      'R9: a restart of the server heals by itself, and a subscription goes on without gap or repetition',
    adapters: /^memory|real server$/,
    reason: 'there is no server that a test may break',
  },
];
