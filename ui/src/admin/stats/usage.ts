import { query } from '../../client/api.js';
import { graphql, type ResultOf } from '../../client/environment.js';

const usageDocument = graphql(`
  query Usage($days: Int!, $first: Int!, $userId: ID) {
    applicationUsage(days: $days, first: $first, userId: $userId) {
      applicationId
      name
      count
      lastUsedAt
    }
  }
`);

export type Usage = ResultOf<typeof usageDocument>['applicationUsage'];

/** Applications that people were let into most often in the last days; of one user when one is named. */
export const loadUsage = async (days: number, first: number, userId?: string): Promise<Usage> =>
  (await query(usageDocument, { days, first, ...(userId === undefined ? {} : { userId }) })).applicationUsage;

const lastUseDocument = graphql(`
  query LastUse($id: ID!) {
    applicationLastUsed(id: $id)
  }
`);

/** When somebody was last let into an application; null for never. */
export const loadLastUse = async (id: string): Promise<string | null> =>
  (await query(lastUseDocument, { id })).applicationLastUsed;
