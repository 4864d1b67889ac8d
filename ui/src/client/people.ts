import { mutate, query } from './api.js';
import { graphql, type ResultOf } from './environment.js';

const sessionsDocument = graphql(`
  query Sessions($id: ID!) {
    user(id: $id) {
      sessions {
        id
        isCurrent
        authMethod
        ip
        userAgent
        startedAt
        expiresAt
      }
    }
  }
`);

export type Session = NonNullable<ResultOf<typeof sessionsDocument>['user']>['sessions'][number];

/** Signed-in browsers of a user. */
export const loadSessions = async (id: string): Promise<readonly Session[]> =>
  (await query(sessionsDocument, { id })).user?.sessions ?? [];

const endSessionDocument = graphql(`
  mutation EndSession($sessionId: ID!) {
    endSession(sessionId: $sessionId) {
      position
    }
  }
`);

export const endSession = async (sessionId: string): Promise<void> => {
  await mutate(endSessionDocument, { sessionId });
};

const groupsDocument = graphql(`
  query UserGroups($id: ID!) {
    user(id: $id) {
      groups {
        id
        displayName
        isSuperuser
      }
    }
  }
`);

export type MemberGroup = NonNullable<ResultOf<typeof groupsDocument>['user']>['groups'][number];

/** Groups that a user is a direct member of. */
export const loadGroups = async (id: string): Promise<readonly MemberGroup[]> =>
  (await query(groupsDocument, { id })).user?.groups ?? [];

const membersDocument = graphql(`
  query Members($groupId: ID!, $after: String) {
    users(first: 50, after: $after, filter: { groupId: $groupId }) {
      nodes {
        id
        username
        name
        isActive
      }
      endCursor
      hasNextPage
      totalCount
    }
  }
`);

export type Member = ResultOf<typeof membersDocument>['users']['nodes'][number];

/** Direct members of a group, a page at a time. */
export const loadMembers = async (
  groupId: string,
  after: string | null,
): Promise<ResultOf<typeof membersDocument>['users']> =>
  (await query(membersDocument, { groupId, after })).users;

const grantDocument = graphql(`
  mutation Grant($groupId: ID!, $userId: ID!) {
    grantMembership(groupId: $groupId, userId: $userId) {
      position
    }
  }
`);

export const grantMembership = async (groupId: string, userId: string): Promise<void> => {
  await mutate(grantDocument, { groupId, userId });
};

const revokeDocument = graphql(`
  mutation Revoke($groupId: ID!, $userId: ID!) {
    revokeMembership(groupId: $groupId, userId: $userId) {
      position
    }
  }
`);

export const revokeMembership = async (groupId: string, userId: string): Promise<void> => {
  await mutate(revokeDocument, { groupId, userId });
};

const passwordDocument = graphql(`
  mutation SetPassword($userId: ID!, $password: String!) {
    setPassword(userId: $userId, password: $password) {
      position
    }
  }
`);

export const setPassword = async (userId: string, password: string): Promise<void> => {
  await mutate(passwordDocument, { userId, password });
};

const activeDocument = graphql(`
  mutation SetActive($id: ID!, $isActive: Boolean!) {
    updateUser(id: $id, input: { isActive: $isActive }) {
      position
    }
  }
`);

export const setActive = async (id: string, isActive: boolean): Promise<void> => {
  await mutate(activeDocument, { id, isActive });
};

const impersonateDocument = graphql(`
  mutation Impersonate($userId: ID!, $reason: String!) {
    startImpersonation(input: { userId: $userId, reason: $reason }) {
      position
    }
  }
`);

/** From now on this browser acts as somebody else. */
export const startImpersonation = async (userId: string, reason: string): Promise<void> => {
  await mutate(impersonateDocument, { userId, reason });
};

const stopImpersonationDocument = graphql(`
  mutation StopImpersonation {
    stopImpersonation {
      position
    }
  }
`);

export const stopImpersonation = async (): Promise<void> => {
  await mutate(stopImpersonationDocument, {});
};
