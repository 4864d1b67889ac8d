import type { AuditEntry, AuditParty } from '../audit/entry.js';

/** Name of an action for people. Frozen, unlike the texts of the interface: lines must not change with an upgrade. */
export const nameOf = ({ action }: Pick<AuditEntry, 'action'>): string => {
  const words = action.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const partyName = ({ type, id, label }: AuditParty): string =>
  label ?? (type === 'system' || type === 'anonymous' ? type : id);

/** One line on an entry: its own message where it has one, else who did what to what. */
export const messageOf = (entry: AuditEntry): string => {
  const { message } = entry.context;
  if (typeof message === 'string' && message !== '') return message;
  const target = entry.target === null ? '' : ` - ${entry.target.type} ${partyName(entry.target)}`;
  const reason = entry.reason === null ? '' : ` (${entry.reason})`;
  return `${nameOf(entry)} by ${partyName(entry.actor)}${target}${reason}`;
};
