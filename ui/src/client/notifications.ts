import { follow, mutate, query } from './api.js';
import { graphql, type ResultOf } from './environment.js';

const notificationFragment = graphql(`
  fragment NotificationFields on Notification {
    id
    severity
    title
    body
    createdAt
    seenAt
    auditEntryId
  }
`);

export type Notification = ResultOf<typeof notificationFragment>;

const countDocument = graphql(`
  query UnseenNotifications {
    unseenNotificationCount
  }
`);

/** How many notifications whoever is signed in has not seen. */
export const countUnseen = async (): Promise<number> =>
  (await query(countDocument, {})).unseenNotificationCount;

const listDocument = graphql(
  `
    query Notifications($first: Int!, $after: String) {
      notifications(first: $first, after: $after) {
        nodes {
          ...NotificationFields
        }
        endCursor
        hasNextPage
      }
      unseenNotificationCount
    }
  `,
  [notificationFragment],
);

const size = 20;

export const loadNotifications = (after: string | null): Promise<ResultOf<typeof listDocument>> =>
  query(listDocument, { first: size, after });

const markDocument = graphql(`
  mutation MarkNotificationsSeen($ids: [ID!]) {
    markNotificationsSeen(ids: $ids) {
      ids
      position
    }
  }
`);

/** Marks own notifications as seen: the named ones, or all of them. Returns those that were not seen before. */
export const markSeen = async (ids: readonly string[] | null): Promise<readonly string[]> =>
  (await mutate(markDocument, { ids: ids === null ? null : [...ids] })).markNotificationsSeen.ids;

const unmarkDocument = graphql(`
  mutation MarkNotificationsUnseen($ids: [ID!]!) {
    markNotificationsUnseen(ids: $ids) {
      count
      position
    }
  }
`);

/** So many can be taken back at once. */
export const mostUnmarked = 500;

/** Takes back that own notifications were seen. */
export const markUnseen = async (ids: readonly string[]): Promise<void> => {
  await mutate(unmarkDocument, { ids: [...ids] });
};

const addedDocument = graphql(
  `
    subscription NotificationAdded {
      notificationAdded {
        ...NotificationFields
      }
    }
  `,
  [notificationFragment],
);

/** Own notifications as they arrive, until the returned function is called. */
export const followNotifications = (next: (notification: Notification) => void): (() => void) =>
  follow(addedDocument, {}, ({ notificationAdded }) => next(notificationAdded));

const testDocument = graphql(`
  mutation TestTransport($id: ID!) {
    testNotificationTransport(id: $id) {
      delivered
      messages
    }
  }
`);

export type TestOutcome = ResultOf<typeof testDocument>['testNotificationTransport'];

/** Sends a test over a transport, and tells what came of it. */
export const testTransport = async (id: string): Promise<TestOutcome> =>
  (await mutate(testDocument, { id })).testNotificationTransport;
