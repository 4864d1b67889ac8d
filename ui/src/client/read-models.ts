import { mutate, query } from './api.js';
import { graphql, type ResultOf } from './environment.js';

const fragment = graphql(`
  fragment ReadModelFields on ReadModel {
    group
    version
    position
    lagEvents
    lagSeconds
    madeAt
    halt {
      position
      failure
      since
    }
    building {
      position
      eventsLeft
    }
  }
`);

export type ReadModel = ResultOf<typeof fragment>;

const listDocument = graphql(
  `
    query ReadModels {
      readModels {
        ...ReadModelFields
      }
    }
  `,
  [fragment],
);

export const listReadModels = async (): Promise<readonly ReadModel[]> =>
  (await query(listDocument, {})).readModels;

const retryDocument = graphql(`
  mutation RetryReadModel($group: String!) {
    retryReadModel(group: $group) {
      group
    }
  }
`);

export const retryReadModel = async (group: string): Promise<void> => {
  await mutate(retryDocument, { group });
};

const rebuildDocument = graphql(`
  mutation RebuildReadModel($group: String!) {
    rebuildReadModel(group: $group) {
      group
    }
  }
`);

export const rebuildReadModel = async (group: string): Promise<void> => {
  await mutate(rebuildDocument, { group });
};

const skipDocument = graphql(`
  mutation SkipReadModelEvent($group: String!, $position: String!, $reason: String!) {
    skipReadModelEvent(group: $group, position: $position, reason: $reason) {
      position
    }
  }
`);

/** Leaves the event at which a group has halted out of it. */
export const skipReadModelEvent = async (group: string, position: string, reason: string): Promise<void> => {
  await mutate(skipDocument, { group, position, reason });
};
