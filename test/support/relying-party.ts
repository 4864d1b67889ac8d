import { createModelCommand } from '../../commands/model/create-model.js';
import { viewSecretCommand } from '../../commands/model/view-secret.js';
import { application } from '../../domain/application/model.js';
import { flow } from '../../domain/flow/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import type { Client } from './client.js';
import type { Product } from './product.js';

export const callback = 'https://app.example.com/callback';
export const afterLogout = 'https://app.example.com/signed-out';

/** An application with its OAuth2 provider, as an administrator would set it up. */
export interface RelyingParty {
  readonly providerId: string;
  readonly applicationId: string;
  readonly slug: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly issuer: string;
}

export type ConsentKind = 'implicit' | 'explicit';

let count = 0;

export const createRelyingParty = async (
  product: Product,
  options: { provider?: Record<string, unknown>; slug?: string; consent?: ConsentKind } = {},
): Promise<RelyingParty> => {
  count += 1;
  const slug = options.slug ?? `app-${String(count)}`;
  const { config } = product.core.ports;
  const authorizationFlow = config.find(
    flow,
    'slug',
    `default-provider-authorization-${options.consent ?? 'implicit'}-consent`,
  )!.id;
  const { id: providerId } = await product.run(createModelCommand(oauth2Provider as unknown as Model), {
    values: {
      name: `Provider of ${slug}`,
      authorizationFlow,
      redirectUris: [
        { url: callback, matchingMode: 'strict', type: 'authorization' },
        { url: afterLogout, matchingMode: 'strict', type: 'logout' },
      ],
      ...options.provider,
    },
  });
  const { id: applicationId } = await product.run(createModelCommand(application as unknown as Model), {
    values: { name: `App ${slug}`, slug, provider: providerId },
  });
  const { values } = config.get(oauth2Provider, providerId)!;
  const clientSecret =
    values.clientSecret === null
      ? null
      : (
          await product.run(viewSecretCommand(oauth2Provider as unknown as Model), {
            id: providerId,
            field: 'clientSecret',
          })
        ).value;
  return {
    providerId,
    applicationId,
    slug,
    clientId: values.clientId,
    clientSecret,
    issuer: `${product.baseUrl}/application/o/${slug}/`,
  };
};

/** What a person would type when the flow asks. */
export interface Answers {
  readonly username?: string;
  readonly password?: string;
}

const answerTo = (challenge: any, answers: Answers): Record<string, unknown> | null => {
  switch (challenge.component) {
    case 'ak-stage-identification':
      return answers.username === undefined ? null : { uid_field: answers.username };
    case 'ak-stage-password':
      return { password: answers.password };
    case 'ak-stage-consent':
      return { token: challenge.token };
    default:
      return null;
  }
};

/** Where a browser stands that followed an address: outside, or at something of ours that it cannot pass. */
export interface Arrival {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  /** Components of the challenges that were passed on the way. */
  readonly challenges: readonly string[];
}

const maxSteps = 20;

/** Follows redirects and answers flows, as a person with a browser would, until it leaves the product or stands still. */
export const browse = async (
  browser: Client,
  product: Pick<Product, 'baseUrl'>,
  address: string,
  answers: Answers = {},
): Promise<Arrival> => {
  const challenges: string[] = [];
  let url = new URL(address, product.baseUrl);
  for (let step = 0; step < maxSteps; step += 1) {
    if (url.origin !== product.baseUrl) return { url, status: 0, text: '', challenges };
    const flowPage = /^\/if\/flow\/([^/]+)\/$/.exec(url.pathname);
    if (flowPage) {
      const path = `/api/v3/flows/executor/${flowPage[1]!}/?query=${encodeURIComponent(url.search.slice(1))}&execution=${url.searchParams.get('execution') ?? ''}`;
      let { body } = await browser.request('GET', path);
      while (body.component !== 'xak-flow-redirect') {
        challenges.push(body.component as string);
        const response = answerTo(body, answers);
        if (!response) return { url, status: 200, text: JSON.stringify(body), challenges };
        ({ body } = await browser.request('POST', path, {
          body: { component: body.component as string, ...response },
        }));
      }
      url = new URL(body.to as string, url);
      continue;
    }
    const answer = await browser.request('GET', url.pathname + url.search);
    const location = answer.headers.get('location');
    if (location === null) return { url, status: answer.status, text: answer.text, challenges };
    url = new URL(location, url);
  }
  throw new Error(`the browser goes round in circles at ${url.href}`);
};
