import { certificate } from '../../domain/certificate/model.js';
import type { CertificateObject } from '../../domain/certificate/certificate-object.js';
import { erased } from '../../domain/kernel/erased.js';
import type { Json } from '../../domain/kernel/field.js';
import { claimsFor } from '../../domain/provider/oauth2/claims.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import type { SignalEvent } from '../../domain/ssf/events.js';
import { eventUri, streamUpdatedUri, verificationUri } from '../../domain/ssf/event-types.js';
import { securityEventClaims } from '../../domain/ssf/security-event.js';
import type { Stream } from '../../domain/ssf/stream.js';
import {
  subjectIdentifier,
  type NamedSubject,
  type SubjectIdentifier,
} from '../../domain/ssf/subject-identifier.js';
import type { Delivery } from '../delivery-ports.js';
import { clientByProvider, issuerOf, type Client } from '../oauth2/client.js';
import { claimUser, sidOf, subjectOf } from '../oauth2/issue-tokens.js';
import type { Ports, UserRecord } from '../ports.js';
import { signalReference, type SignalReference } from './delivery-reference.js';
import { toldClaims } from './told-claims.js';
import { personAt } from './person-at.js';

/** A signed event; or why there is nothing to send, or not yet. */
export type SecurityEventToken =
  | { readonly outcome: 'made'; readonly token: string }
  | { readonly outcome: 'dropped'; readonly reason: string }
  | { readonly outcome: 'failed'; readonly reason: string };

interface Content {
  readonly uri: string;
  readonly subject: SubjectIdentifier;
  readonly members: Readonly<Record<string, Json>>;
  readonly transaction: string | null;
}

type Told = Extract<SignalReference, { kind: 'signal' }>;

const gone = { outcome: 'dropped', reason: 'the person was erased or has no such identifier' } as const;

/** Names of a person at a client; what was erased since names nobody. */
const namesOf = (ports: Ports, stream: Stream, client: Client, person: UserRecord): NamedSubject => {
  const origin = new URL(stream.values.issuer ?? '').origin;
  const sub = subjectOf(ports, client, claimUser(ports, person));
  return {
    iss: issuerOf(client, origin),
    sub: sub === erased ? null : sub,
    email: person.email === erased ? '' : person.email,
    userId: person.id,
  };
};

/** New values of the claims that an application is told of a person and that have changed. */
const changedClaims = (
  ports: Ports,
  client: Client,
  person: UserRecord,
  changed: readonly string[],
): Record<string, Json> => {
  const names = new Set(toldClaims(client, changed));
  const scopes = client.mappings.map((mapping) => mapping.values.scopeName);
  const values = claimsFor(client.mappings, scopes, claimUser(ports, person));
  return Object.fromEntries(
    [...names].flatMap((name) => (values[name] === erased ? [] : [[name, values[name] ?? null]])),
  );
};

/**
 * What a signal says, read as of the event that it is about: a repetition says the same, and what was erased since is left
 * out.
 */
const contentOfSignal = async (ports: Ports, stream: Stream, signal: Told): Promise<Content | null> => {
  const client = clientByProvider(ports.config, stream.values.provider);
  const after = await personAt(ports, signal.userId, signal.position);
  const before = await personAt(ports, signal.userId, signal.before);
  const person = after ?? before;
  if (!client || !person) return null;
  const identifierChanged = signal.type === 'risc_identifier_changed';
  const names = namesOf(ports, stream, client, identifierChanged ? (before ?? person) : person);
  const subject = subjectIdentifier(
    identifierChanged ? 'email' : stream.values.subjectFormat,
    names,
    sidOf(ports, signal.sessionId),
  );
  if (!subject) return null;
  const claims =
    signal.type === 'caep_token_claims_change'
      ? { claims: changedClaims(ports, client, person, signal.changed) }
      : {};
  const renewed =
    identifierChanged && person.email !== '' && person.email !== erased ? { 'new-value': person.email } : {};
  return {
    uri: eventUri(signal.type),
    subject,
    members: { ...signal.members, ...claims, ...renewed },
    transaction: signal.transaction,
  };
};

/** The value that a receiver wants back, as long as it has not been erased. */
const stateOf = async ({ store, sealer }: Ports, position: bigint): Promise<string | null> => {
  const [event] = await sealer.openEvents(await store.readAll({ after: position - 1n, limit: 1 }));
  const { state } = (event as unknown as Extract<SignalEvent, { type: 'activity.signal.requested' }>).data;
  return state === erased ? null : state;
};

const contentOf = async (
  ports: Ports,
  stream: Stream,
  reference: SignalReference,
): Promise<Content | null> => {
  const subject = { format: 'opaque', id: stream.id } as const;
  switch (reference.kind) {
    case 'signal':
      return contentOfSignal(ports, stream, reference);
    case 'verification': {
      const state = await stateOf(ports, reference.position);
      return { uri: verificationUri, subject, members: state === null ? {} : { state }, transaction: null };
    }
    case 'status': {
      const { status, reason } = reference;
      return {
        uri: streamUpdatedUri,
        subject,
        members: { status, ...(reason === null ? {} : { reason }) },
        transaction: null,
      };
    }
  }
};

const signingKeyOf = (ports: Ports, { values }: Stream): CertificateObject | null =>
  values.signingKey === null ? null : (ports.config.get(certificate, values.signingKey) ?? null);

/** Makes a delivery of a stream into the token that its receiver gets. */
export const securityEventToken = async (
  ports: Ports,
  stream: Stream,
  delivery: Delivery,
): Promise<SecurityEventToken> => {
  const provider = ports.config.get(oauth2Provider, stream.values.provider);
  const key = signingKeyOf(ports, stream);
  if (!provider) return { outcome: 'dropped', reason: 'the provider was deleted' };
  if (!key || stream.values.issuer === null)
    return { outcome: 'failed', reason: 'The stream has no signing key or no issuer.' };
  const reference = signalReference(delivery);
  const content = await contentOf(ports, stream, reference);
  if (!content) return gone;
  const claims = securityEventClaims({
    issuer: stream.values.issuer,
    audience: provider.values.clientId,
    id: delivery.id,
    issuedAt: reference.at,
    ...content,
  });
  return { outcome: 'made', token: await ports.signer.sign(key, 'secevent+jwt', claims) };
};
