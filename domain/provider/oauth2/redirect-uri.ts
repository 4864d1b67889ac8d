/** Rules for redirect URIs: what may be registered, and what a request's value must equal. */
import { fieldError } from '../../kernel/errors.js';
import type { OAuth2ProviderState } from './rotate-client-secret.js';

export type RedirectUri = OAuth2ProviderState['redirectUris'][number];

const forbiddenSchemes = ['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:'];

const unclean = /[^\u0021-\u007e]|\\/;

/** A value that one parser and every browser read alike: absolute, ASCII, no fragment, no user information. */
export const isCleanUri = (value: string): boolean => {
  if (
    value === '' ||
    value.length > 2000 ||
    unclean.test(value) ||
    value.includes('#') ||
    !URL.canParse(value)
  )
    return false;
  const url = new URL(value);
  return (
    url.username === '' &&
    url.password === '' &&
    !forbiddenSchemes.includes(url.protocol) &&
    !/^[a-z][a-z0-9+.-]*:\/\/[^/?]*@/i.test(value)
  );
};

/** Compiles a pattern in a linear-time engine; null when it is no valid pattern. Given from outside: the domain has no engine. */
export type CompilePattern = (pattern: string) => ((value: string) => boolean) | null;

/** Refuses entries that could never match, or match more than one means. Throws `INVALID_INPUT` on redirectUris. */
export const requireUsableRedirectUris = (entries: readonly RedirectUri[], compile: CompilePattern): void => {
  entries.forEach((entry, index) => {
    const path = `redirectUris.${String(index)}.url`;
    if (entry.matchingMode === 'regex') {
      if (compile(entry.url) === null)
        throw fieldError('INVALID_INPUT', path, 'The pattern is not a valid regular expression.');
    } else if (!isCleanUri(entry.url))
      throw fieldError(
        'INVALID_INPUT',
        path,
        'Enter an absolute address without fragment, user name and special characters.',
      );
  });
};

/** `http://127.0.0.1` and `http://[::1]` match whatever port a native application listens on (RFC 8252, 7.3). */
const isLoopbackIp = (url: URL): boolean =>
  url.protocol === 'http:' && (url.hostname === '127.0.0.1' || url.hostname === '[::1]');

const sameButPort = (registered: string, given: string): boolean => {
  const [left, right] = [new URL(registered), new URL(given)];
  return (
    isLoopbackIp(left) &&
    left.hostname === right.hostname &&
    left.protocol === right.protocol &&
    `${left.pathname}${left.search}` === `${right.pathname}${right.search}`
  );
};

const matchesStrictly = (entry: RedirectUri, value: string, clientType: 'public' | 'confidential'): boolean =>
  entry.url === value ||
  (clientType === 'public' && URL.canParse(entry.url) && sameButPort(entry.url, value));

/** Whether a request may name this address (RFC 9700, 4.1.3: exact string comparison). */
export const admitsRedirect = (
  provider: Pick<OAuth2ProviderState, 'redirectUris' | 'clientType'>,
  value: string,
  type: RedirectUri['type'],
  compile: CompilePattern,
): boolean =>
  isCleanUri(value) &&
  provider.redirectUris
    .filter((entry) => entry.type === type)
    .some((entry) =>
      entry.matchingMode === 'regex'
        ? (compile(entry.url)?.(value) ?? false)
        : matchesStrictly(entry, value, provider.clientType),
    );

/** How scripts of an origin may read answers: as the exact origin of a registered address, as one that fits a pattern, or not. */
export const admittedOrigin = (
  provider: Pick<OAuth2ProviderState, 'redirectUris'>,
  origin: string,
  compile: CompilePattern,
): 'strict' | 'regex' | null => {
  if (!/^https?:\/\/[^/]+$/.test(origin)) return null;
  const fitting = provider.redirectUris.filter((entry) =>
    entry.matchingMode === 'regex'
      ? (compile(entry.url)?.(origin) ?? false)
      : URL.canParse(entry.url) && new URL(entry.url).origin === origin,
  );
  return (
    fitting.find((entry) => entry.matchingMode === 'strict')?.matchingMode ?? fitting[0]?.matchingMode ?? null
  );
};
