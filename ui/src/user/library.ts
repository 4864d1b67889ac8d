import { query } from '../client/api.js';
import { graphql, type ResultOf } from '../client/environment.js';

const document = graphql(`
  query Library {
    library {
      id
      name
      slug
      group
      publisher
      description
      icon
      openInNewTab
      launchUrl
    }
  }
`);

export type LibraryApplication = ResultOf<typeof document>['library'][number];

/** The applications that whoever is signed in may open. */
export const loadLibrary = async (): Promise<readonly LibraryApplication[]> =>
  (await query(document, {})).library;
