import { Kind, visit, type DocumentNode } from 'graphql';

/** Fields that read more than what sign-in and settings read, and the groups of read models behind each. */
const groupsOfField: Readonly<Record<string, readonly string[]>> = {
  auditEntries: ['audit'],
  auditEntry: ['audit'],
  history: ['audit'],
  notifications: ['inbox'],
  unseenNotificationCount: ['inbox'],
  activityCounts: ['stats'],
  applicationUsage: ['stats'],
  applicationLastUsed: ['stats'],
  asOf: ['history'],
  entityHistory: ['audit', 'history'],
  entityDiff: ['history'],
  deletedEntities: ['history'],
  revertPreview: ['history'],
};

/** Groups of read models that a document needs beyond the usual ones: only those who ask for them wait for them. */
export const readGroupsOf = (document: DocumentNode): readonly string[] => {
  const groups = new Set<string>();
  const add = (name: string): void => {
    for (const group of groupsOfField[name] ?? []) groups.add(group);
  };
  visit(document, {
    Field: (node) => {
      add(node.name.value);
    },
    Argument: (node) => {
      if (node.value.kind !== Kind.NULL) add(node.name.value);
    },
  });
  return [...groups];
};
