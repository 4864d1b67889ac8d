import { graphql, type ResultOf } from '../../client/environment.js';

export const entryFragment = graphql(`
  fragment AuditEntryFields on AuditEntry {
    id
    position
    at
    action
    severity
    outcome
    reason
    actor {
      type
      id
      label
    }
    onBehalfOf {
      type
      id
      label
    }
    targetType
    targetId
    targetLabel
    ip
    browser
    geo {
      continent
      country
      city
    }
    asn {
      number
      org
    }
    app
    userAgent
    method
    path
    via
    comment
    requestId
    correlationId
    context
    reverts
    canRevert
    changes {
      field
      before
      after
      beforeLabel
      afterLabel
    }
  }
`);

export type AuditEntry = ResultOf<typeof entryFragment>;

export const entriesDocument = graphql(
  `
    query Entries($first: Int!, $after: String, $from: DateTime, $to: DateTime, $filter: AuditEntryFilter) {
      auditEntries(first: $first, after: $after, from: $from, to: $to, filter: $filter) {
        nodes {
          ...AuditEntryFields
        }
        endCursor
        hasNextPage
      }
    }
  `,
  [entryFragment],
);

export const entryDocument = graphql(
  `
    query Entry($id: ID!) {
      auditEntry(id: $id) {
        ...AuditEntryFields
      }
    }
  `,
  [entryFragment],
);

export const appendedDocument = graphql(
  `
    subscription Appended($filter: AuditEntryFilter) {
      auditEntryAppended(filter: $filter) {
        ...AuditEntryFields
      }
    }
  `,
  [entryFragment],
);
