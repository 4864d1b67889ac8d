import { ApiError } from './api-error.js';
import { mutate, query } from './api.js';
import { graphql, type ResultOf } from './environment.js';

const clientDocument = graphql(`
  query OAuth2Client($id: ID!) {
    provider(id: $id) {
      id
      ... on OAuth2Provider {
        clientId
        clientType
        previousClientSecretExpiresAt
      }
    }
    applications(first: 20, filter: { provider: $id }) {
      nodes {
        id
        name
        slug
      }
    }
  }
`);

export type ClientApplication = ResultOf<typeof clientDocument>['applications']['nodes'][number];

export interface OAuth2Client {
  readonly id: string;
  readonly clientId: string;
  readonly isPublic: boolean;
  /** While two secrets are valid: until when the one before is. */
  readonly previousSecretUntil: string | null;
  readonly applications: readonly ClientApplication[];
}

/** What a client must know of itself, and the applications that it signs people in to. */
export const loadClient = async (id: string): Promise<OAuth2Client | null> => {
  const { provider, applications } = await query(clientDocument, { id });
  if (!provider || !('clientId' in provider)) return null;
  return {
    id,
    clientId: provider.clientId,
    isPublic: provider.clientType === 'public',
    previousSecretUntil: provider.previousClientSecretExpiresAt,
    applications: applications.nodes,
  };
};

/** Addresses that a client may have to be told, in the order in which forms ask for them. */
export const addressKinds = {
  issuer: 'issuer',
  authorize: 'authorization_endpoint',
  token: 'token_endpoint',
  userinfo: 'userinfo_endpoint',
  jwks: 'jwks_uri',
  end_session: 'end_session_endpoint',
} as const;

export interface Address {
  readonly kind: keyof typeof addressKinds | 'discovery';
  readonly url: string;
}

/** Addresses of one application, as its own discovery document states them. */
export const loadAddresses = async (slug: string): Promise<readonly Address[]> => {
  const discovery = `${location.origin}/application/o/${slug}/.well-known/openid-configuration`;
  const response = await fetch(discovery, { cache: 'no-cache' }).catch(() => null);
  if (!response?.ok) throw new ApiError(response ? 'INTERNAL_ERROR' : 'UNREACHABLE', 'no discovery');
  const document = (await response.json()) as Record<string, string>;
  const [issuer, ...others] = Object.entries(addressKinds).map(([kind, name]) => ({
    kind: kind as keyof typeof addressKinds,
    url: document[name] ?? '',
  }));
  return [issuer!, { kind: 'discovery', url: discovery }, ...others];
};

const viewDocument = graphql(`
  mutation ViewClientSecret($id: ID!) {
    viewOAuth2ProviderSecret(id: $id, field: "clientSecret") {
      value
      position
    }
  }
`);

/** The secret of a client. That it was shown is on record. */
export const viewClientSecret = async (id: string): Promise<string> =>
  (await mutate(viewDocument, { id })).viewOAuth2ProviderSecret.value;

const rotateDocument = graphql(`
  mutation RotateClientSecret($id: ID!, $overlap: String!) {
    rotateClientSecret(id: $id, overlap: $overlap) {
      clientSecret
      position
    }
  }
`);

/** Gives a client a new secret, which is returned; the one before stays valid for the overlap. */
export const rotateClientSecret = async (id: string, overlap: string): Promise<string> =>
  (await mutate(rotateDocument, { id, overlap })).rotateClientSecret.clientSecret;
