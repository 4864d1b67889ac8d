import { mutate, query } from './api.js';
import { graphql, type ResultOf } from './environment.js';

const previewDocument = graphql(`
  query RevertPreview($id: ID!) {
    revertPreview(id: $id) {
      way
      targetType
      targetId
      targetLabel
      changedSince
      kept
      changes {
        field
        before
        after
        beforeLabel
        afterLabel
      }
    }
  }
`);

export type RevertPreview = ResultOf<typeof previewDocument>['revertPreview'];

/** What taking an entry of the log back would do. */
export const loadRevertPreview = async (id: string): Promise<RevertPreview> =>
  (await query(previewDocument, { id })).revertPreview;

const revertDocument = graphql(`
  mutation RevertEvent($id: ID!) {
    revertEvent(id: $id) {
      position
      kept
    }
  }
`);

/** Takes an entry of the log back. Answers with the fields that were left alone. */
export const revertEvent = async (id: string): Promise<readonly string[]> =>
  (await mutate(revertDocument, { id })).revertEvent.kept;

const restoreDocument = graphql(`
  mutation RestoreEntity($type: String!, $id: ID!) {
    restoreEntity(type: $type, id: $id) {
      position
      kept
    }
  }
`);

/** Brings a deleted object back. Answers with the secrets that are empty now. */
export const restoreEntity = async (type: string, id: string): Promise<readonly string[]> =>
  (await mutate(restoreDocument, { type, id })).restoreEntity.kept;

const deletedDocument = graphql(`
  query Deleted($after: String) {
    deletedEntities(first: 30, after: $after) {
      nodes {
        type
        id
        model
        label
        deletedAt
        restorableUntil
      }
      endCursor
      hasNextPage
    }
  }
`);

export type DeletedPage = ResultOf<typeof deletedDocument>['deletedEntities'];
export type DeletedObject = DeletedPage['nodes'][number];

/** What was deleted and can be restored still, newest first. */
export const loadDeleted = async (after: string | null): Promise<DeletedPage> =>
  (await query(deletedDocument, { after })).deletedEntities;

const diffDocument = graphql(`
  query EntityDiff($type: String!, $id: ID!, $from: PointInTime!, $to: PointInTime!) {
    entityDiff(type: $type, id: $id, from: $from, to: $to) {
      path
      before
      after
      beforeLabel
      afterLabel
    }
  }
`);

export type EntityChange = ResultOf<typeof diffDocument>['entityDiff'][number];

/** What differs in an object between two positions of the log. */
export const loadDiff = async (
  type: string,
  id: string,
  from: string,
  to: string,
): Promise<readonly EntityChange[]> =>
  (await query(diffDocument, { type, id, from: { position: from }, to: { position: to } })).entityDiff;

const newestDocument = graphql(`
  query NewestChanges($type: String!, $id: ID!) {
    entityHistory(type: $type, id: $id, first: 10) {
      nodes {
        id
        position
        canRevert
      }
    }
  }
`);

/** The entry of the change that reached a position (`<store>.<n>`), if it can be taken back. */
export const changeAt = async (type: string, id: string, position: string): Promise<string | null> => {
  const limit = BigInt(position.split('.')[1] ?? '0');
  const { entityHistory } = await query(newestDocument, { type, id });
  const entry = entityHistory.nodes.find((node) => BigInt(node.position) <= limit);
  return entry?.canRevert === true ? entry.id : null;
};
