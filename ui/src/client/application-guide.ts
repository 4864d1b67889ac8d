import { mutate, query } from './api.js';
import { graphql, type ResultOf } from './environment.js';

const flowsDocument = graphql(`
  query GuideFlows {
    authorization: flows(first: 50, filter: { designation: authorization }) {
      nodes {
        id
        slug
        displayName
      }
    }
    invalidation: flows(first: 50, filter: { designation: invalidation }) {
      nodes {
        id
        slug
      }
    }
  }
`);

type Flow = ResultOf<typeof flowsDocument>['authorization']['nodes'][number];

export interface GuideFlows {
  /** Flows that may run when an application asks for access; the usual one first. */
  readonly authorization: readonly Flow[];
  readonly invalidation: string | null;
}

const usualFlow = 'default-provider-authorization-implicit-consent';
const usualEnd = 'default-provider-invalidation-flow';

export const loadGuideFlows = async (): Promise<GuideFlows> => {
  const { authorization, invalidation } = await query(flowsDocument, {});
  const usualFirst = (a: Flow, b: Flow): number =>
    Number(b.slug === usualFlow) - Number(a.slug === usualFlow) || a.displayName.localeCompare(b.displayName);
  return {
    authorization: [...authorization.nodes].sort(usualFirst),
    invalidation: invalidation.nodes.find(({ slug }) => slug === usualEnd)?.id ?? null,
  };
};

const applicationDocument = graphql(`
  mutation GuideApplication($input: CreateApplicationInput!) {
    createApplication(input: $input) {
      application {
        id
      }
      position
    }
  }
`);

const providerDocument = graphql(`
  mutation GuideProvider($input: CreateOAuth2ProviderInput!) {
    createOAuth2Provider(input: $input) {
      oAuth2Provider {
        id
      }
      position
    }
  }
`);

const joinDocument = graphql(`
  mutation GuideJoin($id: ID!, $provider: ID!) {
    updateApplication(id: $id, input: { provider: $provider }) {
      position
    }
  }
`);

const undoDocument = graphql(`
  mutation GuideUndo($id: ID!) {
    deleteApplication(id: $id) {
      position
    }
  }
`);

export interface GuidedApplication {
  readonly name: string;
  readonly slug: string;
  readonly launchUrl: string;
  readonly redirectUris: readonly string[];
  readonly isPublic: boolean;
  readonly authorizationFlow: string;
  readonly invalidationFlow: string | null;
}

/**
 * Creates an application and the OAuth2 provider that signs people in to it; returns the id of the provider. Nothing is
 * left behind when one of them is refused: the application comes first, since it has nothing that hangs on it. Throws
 * `ApiError` with the fields of the one that was refused.
 */
export const createWithProvider = async (wanted: GuidedApplication): Promise<string> => {
  const { name, slug, launchUrl } = wanted;
  const { createApplication } = await mutate(applicationDocument, { input: { name, slug, launchUrl } });
  const application = createApplication.application!.id;
  try {
    const { createOAuth2Provider } = await mutate(providerDocument, {
      input: {
        name,
        clientType: wanted.isPublic ? 'public' : 'confidential',
        authorizationFlow: wanted.authorizationFlow,
        ...(wanted.invalidationFlow === null ? {} : { invalidationFlow: wanted.invalidationFlow }),
        redirectUris: wanted.redirectUris.map((url) => ({ url })),
      },
    });
    const provider = createOAuth2Provider.oAuth2Provider!.id;
    await mutate(joinDocument, { id: application, provider });
    return provider;
  } catch (error) {
    await mutate(undoDocument, { id: application }).catch(() => undefined);
    throw error;
  }
};
