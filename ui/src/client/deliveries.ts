import { mutate, query } from './api.js';
import { graphql, type ResultOf } from './environment.js';

const listDocument = graphql(`
  query NotificationDeliveries(
    $first: Int!
    $after: String
    $transportId: ID
    $ruleId: ID
    $status: DeliveryStatus
  ) {
    notificationDeliveries(
      first: $first
      after: $after
      transportId: $transportId
      ruleId: $ruleId
      status: $status
    ) {
      nodes {
        id
        status
        kind
        transportId
        transportName
        ruleId
        ruleName
        recipientName
        auditEntryId
        createdAt
        dueAt
        finishedAt
        failure
        attempts {
          at
          delivered
          status
          latencyMs
          failure
        }
      }
      endCursor
      hasNextPage
    }
  }
`);

export type DeliveryPage = ResultOf<typeof listDocument>['notificationDeliveries'];
export type Delivery = DeliveryPage['nodes'][number];
export const deliveryStatuses = ['pending', 'delivered', 'dropped', 'parked'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export interface DeliveryFilter {
  readonly transportId: string | null;
  readonly ruleId: string | null;
  readonly status: DeliveryStatus | null;
}

const size = 30;

/** One page of messages on their way or at their end, newest first. */
export const loadDeliveries = async (filter: DeliveryFilter, after: string | null): Promise<DeliveryPage> =>
  (await query(listDocument, { first: size, after, ...filter })).notificationDeliveries;

const resendDocument = graphql(`
  mutation ResendDeliveries($ids: [ID!]!) {
    resendNotificationDeliveries(ids: $ids) {
      count
    }
  }
`);

const skipDocument = graphql(`
  mutation SkipDeliveries($ids: [ID!]!) {
    skipNotificationDeliveries(ids: $ids) {
      count
    }
  }
`);

/** Lets messages leave again. Tells how many do. */
export const resendDeliveries = async (ids: readonly string[]): Promise<number> =>
  (await mutate(resendDocument, { ids: [...ids] })).resendNotificationDeliveries.count;

/** Drops messages that wait or were given up. Tells how many. */
export const skipDeliveries = async (ids: readonly string[]): Promise<number> =>
  (await mutate(skipDocument, { ids: [...ids] })).skipNotificationDeliveries.count;
