/** Kinds of events that the product can tell receivers, by profile: CAEP 1.0 and RISC 1.0. */
export const signalTypes = [
  'caep_session_established',
  'caep_session_presented',
  'caep_session_revoked',
  'caep_credential_change',
  'caep_token_claims_change',
  'risc_account_disabled',
  'risc_account_enabled',
  'risc_account_purged',
  'risc_identifier_changed',
  'risc_recovery_activated',
  'risc_recovery_information_changed',
  'risc_sessions_revoked',
] as const;
export type SignalType = (typeof signalTypes)[number];

const namespace = 'https://schemas.openid.net/secevent';

/** The URI by which a kind of event is known on the wire. */
export const eventUri = (type: SignalType): string => {
  const [profile = '', ...words] = type.split('_');
  return `${namespace}/${profile}/event-type/${words.join('-')}`;
};

const byUri = new Map(signalTypes.map((type) => [eventUri(type), type]));

/** The kind of event behind a URI; null for one that the product never sends. */
export const signalTypeOf = (uri: string): SignalType | null => byUri.get(uri) ?? null;

/** Events about a stream itself (SSF 1.0, 8.1.4 and 8.1.5). */
export const verificationUri = `${namespace}/ssf/event-type/verification`;
export const streamUpdatedUri = `${namespace}/ssf/event-type/stream-updated`;
