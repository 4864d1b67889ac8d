/** What strangers can cause as often as they like. */
export type StrangerFact = 'login' | 'configuration' | 'revoked_token';

/** Keeps floods out of the log: the first few facts per account, address and minute are admitted, the rest counted. */
export interface FloodGate {
  admit(kind: StrangerFact, account: string, ip: string): boolean;
}
