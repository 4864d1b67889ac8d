import { query } from '../../client/api.js';
import { graphql, type ResultOf } from '../../client/environment.js';

const stageBindingsDocument = graphql(`
  query StageBindings($flow: ID!) {
    stageBindings(first: 200, filter: { target: $flow }, orderBy: { field: order, direction: asc }) {
      nodes {
        id
        displayName
        model
        revision
        createdAt
        changedAt
        order
        evaluateOnPlan
        reEvaluatePolicies
        invalidResponseAction
        stageId
        stage {
          id
          model
          displayName
        }
      }
    }
  }
`);

export type BoundStage = ResultOf<typeof stageBindingsDocument>['stageBindings']['nodes'][number];

/** Stages of a flow, in the order in which they run. */
export const loadStageBindings = async (flow: string): Promise<readonly BoundStage[]> =>
  (await query(stageBindingsDocument, { flow })).stageBindings.nodes;

const policyBindingsDocument = graphql(`
  query PolicyBindings($target: ID!) {
    policyBindings(first: 200, filter: { target: $target }, orderBy: { field: order, direction: asc }) {
      nodes {
        id
        displayName
        model
        revision
        createdAt
        changedAt
        order
        enabled
        negate
        failureResult
        policy {
          id
          displayName
          model
        }
        group {
          id
          displayName
          model
        }
        userId
        user {
          id
          displayName: username
        }
      }
    }
  }
`);

export type BoundPolicy = ResultOf<typeof policyBindingsDocument>['policyBindings']['nodes'][number];

/** What guards an object, in the order in which it is asked. */
export const loadPolicyBindings = async (target: string): Promise<readonly BoundPolicy[]> =>
  (await query(policyBindingsDocument, { target })).policyBindings.nodes;
