import { query } from './api.js';
import { graphql, type ResultOf } from './environment.js';

const document = graphql(`
  query Me {
    me {
      user {
        id
        username
        name
        email
        avatar
      }
      canAdminister
      impersonator
      impersonationExpiresAt
    }
  }
`);

export type Me = NonNullable<ResultOf<typeof document>['me']>;

/** Who is signed in. The pages are not served to strangers, so that there always is somebody. */
export const loadMe = async (): Promise<Me> => {
  const { me } = await query(document, {});
  if (me) return me;
  location.assign('/');
  return new Promise<never>(() => undefined);
};
