const classNames: Readonly<Record<number, string>> = {
  1006: 'Scheduled Job Activity',
  1008: 'Event Log Activity',
  2004: 'Detection Finding',
  3001: 'Account Change',
  3002: 'Authentication',
  3003: 'Authorize Session',
  3004: 'Entity Management',
  3005: 'User Access Management',
  3006: 'Group Management',
  3007: 'User Management',
  3008: 'Role Management',
  4009: 'Email Activity',
  6002: 'Application Lifecycle',
  6003: 'API Activity',
  6008: 'Application Error',
};

/** Name of an OCSF class. */
export const classNameOf = (classUid: number): string => classNames[classUid] ?? 'Base Event';

const categoryNames: Readonly<Record<number, string>> = {
  1: 'System Activity',
  2: 'Findings',
  3: 'Identity & Access Management',
  4: 'Network Activity',
  6: 'Application Activity',
};

export const categoryNameOf = (categoryUid: number): string => categoryNames[categoryUid] ?? 'Uncategorized';

export const severityNames = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical', 'Fatal'];
