import { mutate, query } from './api.js';
import { graphql, type ResultOf } from './environment.js';

const deliveryDocument = graphql(`
  query SsfStreamDelivery($id: ID!) {
    ssfStreamDelivery(id: $id) {
      waiting
      oldestAt
      delivered
      refused
      lastDeliveredAt
      failure
      seenAt
      refusedDeliveries {
        id
        type
        failure
        attempts
        finishedAt
      }
    }
  }
`);

export type StreamDelivery = NonNullable<ResultOf<typeof deliveryDocument>['ssfStreamDelivery']>;

/** How the deliveries of a stream of shared signals stand; null for one that is gone. */
export const loadStreamDelivery = async (id: string): Promise<StreamDelivery | null> =>
  (await query(deliveryDocument, { id })).ssfStreamDelivery;

const lagsDocument = graphql(`
  query SsfStreamLags {
    ssfStreamLags {
      streamId
      waiting
      oldestAt
    }
  }
`);

export type StreamLag = ResultOf<typeof lagsDocument>['ssfStreamLags'][number];

/** What waits, by stream; streams in which nothing does are missing. */
export const loadStreamLags = async (): Promise<ReadonlyMap<string, StreamLag>> =>
  new Map((await query(lagsDocument, {})).ssfStreamLags.map((lag) => [lag.streamId, lag]));

const statusDocument = graphql(`
  mutation SetSsfStreamStatus($id: ID!, $status: SsfStreamStatusInput!) {
    setSsfStreamStatus(id: $id, status: $status) {
      position
    }
  }
`);

/** Pauses a stream, disables it or enables it again; its receiver is told. */
export const setStreamStatus = async (
  id: string,
  status: 'enabled' | 'paused' | 'disabled',
): Promise<void> => {
  await mutate(statusDocument, { id, status });
};

const verifyDocument = graphql(`
  mutation VerifySsfStream($id: ID!) {
    verifySsfStream(id: $id) {
      position
    }
  }
`);

/** Sends a verification event to the receiver of a stream. */
export const verifyStream = async (id: string): Promise<void> => {
  await mutate(verifyDocument, { id });
};

const resendDocument = graphql(`
  mutation ResendSsfEvents($id: ID!) {
    resendSsfEvents(id: $id) {
      count
      position
    }
  }
`);

/** Lets refused events of a stream wait for their receiver again, and tells how many. */
export const resendStreamEvents = async (id: string): Promise<number> =>
  (await mutate(resendDocument, { id })).resendSsfEvents.count;
