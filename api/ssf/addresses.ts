/** Where the parts of a transmitter stand that goes by one issuer: one for the installation, and one for each application. */
export interface Addresses {
  readonly issuer: string;
  readonly jwks: string;
  readonly streams: string;
  readonly status: string;
  readonly addSubject: string;
  readonly removeSubject: string;
  readonly verification: string;
}

const below = (issuer: string, base: string): Addresses => ({
  issuer,
  jwks: `${base}/jwks`,
  streams: `${base}/streams`,
  status: `${base}/status`,
  addSubject: `${base}/subjects/add`,
  removeSubject: `${base}/subjects/remove`,
  verification: `${base}/verification`,
});

/** `slug`: the application whose issuer it is; null for the installation's own. */
export const addressesOf = (origin: string, slug: string | null): Addresses =>
  slug === null
    ? below(origin, `${origin}/ssf`)
    : below(`${origin}/application/o/${slug}/`, `${origin}/application/o/${slug}/ssf`);

/** Where a stream is polled: below the issuer that it was made under. */
export const pollAddress = (issuer: string, streamId: string): string =>
  `${issuer.replace(/\/$/, '')}/ssf/streams/${streamId}/poll`;

/** Both places of a route. */
export const placesOf = (path: string): readonly string[] => [
  `/ssf${path}`,
  `/application/o/:slug/ssf${path}`,
];
