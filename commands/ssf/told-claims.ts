import type { Client } from '../oauth2/client.js';

const isAbout = (source: string, property: string): boolean =>
  source === property || source.startsWith(`${property}.`);

/** Claims that an application may be told and that are made of some properties of a person. */
export const toldClaims = (client: Client, properties: readonly string[]): readonly string[] =>
  client.mappings.flatMap((mapping) =>
    mapping.values.claims
      .filter(({ source }) => properties.some((property) => isAbout(source, property)))
      .map(({ claim }) => claim),
  );
