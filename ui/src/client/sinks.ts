import { mutate, query } from './api.js';
import { graphql, type ResultOf } from './environment.js';

const runFragment = graphql(`
  fragment SinkRunFields on SinkRun {
    id
    label
    position
    until
    delivered
    deliveredAt
    attempts
    failure
    dueAt
    finishedAt
    progress
  }
`);

const statusDocument = graphql(
  `
    query SinkStatuses($id: ID) {
      sinkStatuses(id: $id) {
        sinkId
        lagEntries
        lagSeconds
        deadLetters
        live {
          ...SinkRunFields
        }
        replays {
          ...SinkRunFields
        }
      }
    }
  `,
  [runFragment],
);

export type SinkStatus = ResultOf<typeof statusDocument>['sinkStatuses'][number];
export type SinkRun = SinkStatus['replays'][number];

/** How far one sink has come. */
export const loadSinkStatus = async (id: string): Promise<SinkStatus | null> =>
  (await query(statusDocument, { id })).sinkStatuses[0] ?? null;

const lagsDocument = graphql(`
  query SinkLags {
    sinkStatuses {
      sinkId
      lagEntries
      lagSeconds
      deadLetters
    }
  }
`);

export type SinkLag = ResultOf<typeof lagsDocument>['sinkStatuses'][number];

/** How far every sink is behind, by id. */
export const loadSinkLags = async (): Promise<ReadonlyMap<string, SinkLag>> =>
  new Map((await query(lagsDocument, {})).sinkStatuses.map((one) => [one.sinkId, one]));

const samplesDocument = graphql(`
  query SinkSamples($id: ID!, $hours: Int!) {
    sinkSamples(id: $id, hours: $hours) {
      at
      delivered
      lagEntries
    }
  }
`);

/** How a sink stood, minute by minute, over the last hours. */
export const loadSinkSamples = async (
  id: string,
  hours: number,
): Promise<ResultOf<typeof samplesDocument>['sinkSamples']> =>
  (await query(samplesDocument, { id, hours })).sinkSamples;

const lettersDocument = graphql(`
  query SinkDeadLetters($id: ID!) {
    sinkDeadLetters(id: $id) {
      entryId
      position
      state
      attempts
      failure
      answer
      createdAt
    }
  }
`);

export type SinkDeadLetter = ResultOf<typeof lettersDocument>['sinkDeadLetters'][number];

export const loadDeadLetters = async (id: string): Promise<readonly SinkDeadLetter[]> =>
  (await query(lettersDocument, { id })).sinkDeadLetters;

const pauseDocument = graphql(`
  mutation PauseSink($id: ID!) {
    pauseSink(id: $id) {
      position
    }
  }
`);
const resumeDocument = graphql(`
  mutation ResumeSink($id: ID!) {
    resumeSink(id: $id) {
      position
    }
  }
`);

export const pauseSink = async (id: string): Promise<void> => {
  await mutate(pauseDocument, { id });
};
export const resumeSink = async (id: string): Promise<void> => {
  await mutate(resumeDocument, { id });
};

const testDocument = graphql(`
  mutation TestSink($id: ID!) {
    testSink(id: $id) {
      delivered
      message
    }
  }
`);

export type SinkTest = ResultOf<typeof testDocument>['testSink'];

/** Sends a marked sample, and tells what came of it. */
export const testSink = async (id: string): Promise<SinkTest> =>
  (await mutate(testDocument, { id })).testSink;

const retryDocument = graphql(`
  mutation RetrySinkDeadLetter($id: ID!, $entryId: ID!) {
    retrySinkDeadLetter(id: $id, entryId: $entryId) {
      position
    }
  }
`);
const skipDocument = graphql(`
  mutation SkipSinkDeadLetter($id: ID!, $entryId: ID!) {
    skipSinkDeadLetter(id: $id, entryId: $entryId) {
      position
    }
  }
`);

export const retryDeadLetter = async (id: string, entryId: string): Promise<void> => {
  await mutate(retryDocument, { id, entryId });
};
export const skipDeadLetter = async (id: string, entryId: string): Promise<void> => {
  await mutate(skipDocument, { id, entryId });
};

export interface ReplayRange {
  readonly fromTime: string;
  readonly toPosition: string | null;
}

const previewDocument = graphql(`
  query SinkReplayPreview($id: ID!, $fromTime: DateTime, $toPosition: String) {
    sinkReplayPreview(id: $id, fromTime: $fromTime, toPosition: $toPosition) {
      entries
    }
  }
`);

/** How many entries a replay would look at. */
export const previewReplay = async (id: string, range: ReplayRange): Promise<number> =>
  (await query(previewDocument, { id, ...range })).sinkReplayPreview.entries;

const replayDocument = graphql(`
  mutation ReplaySink($id: ID!, $fromTime: DateTime, $toPosition: String, $label: String) {
    replaySink(id: $id, fromTime: $fromTime, toPosition: $toPosition, label: $label) {
      requestId
    }
  }
`);

export const replaySink = async (id: string, range: ReplayRange, label: string): Promise<void> => {
  await mutate(replayDocument, { id, ...range, label });
};
