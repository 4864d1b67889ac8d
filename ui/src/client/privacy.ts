import { mutate } from './api.js';
import { graphql, type ResultOf, type VariablesOf } from './environment.js';

const eraseDocument = graphql(`
  mutation Erase($input: EraseSubjectInput!) {
    eraseSubject(input: $input) {
      keyDigest
      keysDestroyed
      secretsDestroyed
      backupsExpireAt
      position
    }
  }
`);

export type ErasureOrder = VariablesOf<typeof eraseDocument>['input'];
export type ErasureReport = ResultOf<typeof eraseDocument>['eraseSubject'];

/** Erases what is personal about somebody, for good. */
export const eraseSubject = async (input: ErasureOrder): Promise<ErasureReport> =>
  (await mutate(eraseDocument, { input })).eraseSubject;

const placeDocument = graphql(`
  mutation PlaceHold($userId: ID!, $matter: String!, $reason: String!) {
    placeLegalHold(input: { userId: $userId, matter: $matter, reason: $reason }) {
      position
    }
  }
`);

export const placeLegalHold = async (userId: string, matter: string, reason: string): Promise<void> => {
  await mutate(placeDocument, { userId, matter, reason });
};

const releaseDocument = graphql(`
  mutation ReleaseHold($userId: ID!, $holdId: ID!, $reason: String!) {
    releaseLegalHold(input: { userId: $userId, holdId: $holdId, reason: $reason }) {
      position
    }
  }
`);

export const releaseLegalHold = async (userId: string, holdId: string, reason: string): Promise<void> => {
  await mutate(releaseDocument, { userId, holdId, reason });
};
