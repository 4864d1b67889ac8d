import {
  Client,
  fetchExchange,
  subscriptionExchange,
  type AnyVariables,
  type CombinedError,
} from '@urql/core';
import type { TadaDocumentNode } from 'gql.tada';
import { ApiError, type FieldProblem } from './api-error.js';
import { openSocket } from './live.svelte.js';
import { forgetPosition, newestPosition, rememberPosition } from './position.js';

/** A query that is typed by the schema, or one that was composed from the declarations at run time. */
type Document<Data, Variables> = TadaDocumentNode<Data, Variables> | string;

const minPosition = 'muniment-min-position';

const client = new Client({
  url: '/graphql',
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: openSocket().subscribe(
            { query, variables: variables as Record<string, unknown> },
            {
              next: (value) => sink.next(value as Parameters<typeof sink.next>[0]),
              error: (error) => sink.error(error),
              complete: () => sink.complete(),
            },
          ),
        }),
      }),
    }),
  ],
  requestPolicy: 'network-only',
  preferGetMethod: false,
  fetchOptions: () => {
    const position = newestPosition();
    return { headers: position === null ? {} : { [minPosition]: position } };
  },
});

const toLogin = (): void => {
  const next = location.pathname + location.search;
  location.assign(`/flows/-/default/authentication/?next=${encodeURIComponent(next)}`);
};

const errorOf = (error: CombinedError): ApiError => {
  const [first] = error.graphQLErrors;
  if (first) {
    const { code, fields, errorId } = first.extensions as {
      code?: string;
      fields?: readonly FieldProblem[];
      errorId?: string;
    };
    return new ApiError(code ?? 'INTERNAL_ERROR', first.message, fields, errorId ?? null);
  }
  const status = (error.response as Response | undefined)?.status;
  return new ApiError(status === undefined ? 'UNREACHABLE' : 'INTERNAL_ERROR', error.message);
};

const settle = <Data>(result: { data?: Data | undefined; error?: CombinedError | undefined }): Data => {
  if (result.error) {
    const error = errorOf(result.error);
    if (error.code === 'UNAUTHENTICATED') toLogin();
    throw error;
  }
  return result.data as Data;
};

/** Reads. The answer shows at least this tab's own last write. Throws `ApiError`. */
export const query = async <Data, Variables extends AnyVariables>(
  document: Document<Data, Variables>,
  variables: Variables,
): Promise<Data> => {
  const ask = async (): Promise<Data> =>
    settle(await client.query<Data, Variables>(document, variables).toPromise());
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'FOREIGN_POSITION') throw error;
    forgetPosition();
    return ask();
  }
};

/** Writes, and remembers the position that the write has reached. Throws `ApiError`. */
export const mutate = async <Data, Variables extends AnyVariables>(
  document: Document<Data, Variables>,
  variables: Variables,
): Promise<Data> => {
  const data = settle(await client.mutation<Data, Variables>(document, variables).toPromise());
  for (const payload of Object.values(data as Record<string, unknown>)) {
    const position = (payload as { position?: unknown } | null)?.position;
    if (typeof position === 'string') rememberPosition(position);
  }
  return data;
};

/** Follows a subscription until the returned function is called. It survives lost connections by itself. */
export const follow = <Data, Variables extends AnyVariables>(
  document: Document<Data, Variables>,
  variables: Variables,
  next: (data: Data) => void,
): (() => void) => {
  const subscription = client.subscription<Data, Variables>(document, variables).subscribe((result) => {
    if (result.data !== undefined) next(result.data);
  });
  return () => subscription.unsubscribe();
};
