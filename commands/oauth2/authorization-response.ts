import type { ResponseMode } from '../../domain/provider/oauth2/authorization-request.js';
import { park, takeParked } from '../parked.js';
import type { Ports } from '../ports.js';

/** What goes back to the client through the browser. */
export interface AuthorizationResponse {
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly parameters: Readonly<Record<string, string>>;
}

const lifeMs = 5 * 60_000;

/** Adds parameters to an address, in its query or its fragment. The registered address stays as it is, letter by letter. */
export const appendParameters = (uri: string, separator: '?' | '#', parameters: URLSearchParams): string => {
  const joint = separator === '?' && uri.includes('?') ? (/[?&]$/.test(uri) ? '' : '&') : separator;
  return `${uri}${joint}${parameters.toString()}`;
};

/** Address that delivers a response. A form post is delivered by a page of ours, which this address leads to. */
export const responseAddress = async (ports: Ports, response: AuthorizationResponse): Promise<string> => {
  const parameters = new URLSearchParams(response.parameters);
  switch (response.responseMode) {
    case 'query':
      return appendParameters(response.redirectUri, '?', parameters);
    case 'fragment':
      return appendParameters(response.redirectUri, '#', parameters);
    case 'form_post':
      return `/application/o/authorize/?finish=${await park(ports, 'form-post', response, lifeMs)}`;
  }
};

/** A response that waits to be posted; once. */
export const takeResponse = (ports: Ports, id: string): Promise<AuthorizationResponse | null> =>
  takeParked(ports, 'form-post', id);
