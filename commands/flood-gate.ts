/** What strangers can cause as often as they like. */
export const strangerFacts = [
  'login',
  'configuration',
  'revoked_token',
  'unsafe_next',
  'flow',
  'exception',
] as const;

export type StrangerFact = (typeof strangerFacts)[number];

/**
 * Keeps floods out of the log: the first few facts per account, address and minute are admitted, of all together a few
 * dozen a second. The rest is counted.
 */
export interface FloodGate {
  admit(kind: StrangerFact, account: string, ip: string): boolean;
}
