import type { Measure, Subject } from './activity.js';

/** Entries that the log counts as the creation of a user. */
const creations =
  '(action = model_created and target.type = user) or (action = user_write and context.created = true)';

const conditionOf = ({ action, outcome }: Measure): string =>
  action === 'user_created' ? creations : `action = ${action} and outcome = ${outcome}`;

/** Entries that somebody made, that were made in his name, or that are about him, in the language of the log. */
export const entriesOfUser = (userId: string): string =>
  `actor.id = ${userId} or onBehalfOf.id = ${userId} or (target.type = user and target.id = ${userId})`;

const subjectOf = ({ userId, applicationId }: Subject): string | null =>
  userId !== undefined
    ? `(${entriesOfUser(userId)})`
    : applicationId !== undefined
      ? `target.type = application and target.id = ${applicationId}`
      : null;

const pad = (part: number): string => String(part).padStart(2, '0');

/** A moment as fields for date and time hold it: in the zone of the viewer, without naming it. */
const localMoment = (at: Date): string =>
  `${String(at.getFullYear())}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;

const minuteMs = 60_000;

/** A range of the log page. Its fields know minutes only: it ends with the minute that has begun. */
export const rangeOf = (from: Date, to: Date): Readonly<Record<'range' | 'from' | 'to', string>> => ({
  range: 'custom',
  from: localMoment(from),
  to: localMoment(new Date(Math.ceil(to.getTime() / minuteMs) * minuteMs)),
});

/** State of the log page that shows the entries behind a count. */
export const logQueryOf = (
  measures: readonly Measure[],
  subject: Subject,
  from: Date,
  to: Date,
): Readonly<Record<string, string>> => {
  const kinds = measures.map(conditionOf);
  const kind = kinds.length === 1 ? kinds[0]! : kinds.map((one) => `(${one})`).join(' or ');
  const whose = subjectOf(subject);
  return {
    search: whose === null ? kind : `(${kind}) and ${whose}`,
    ...rangeOf(from, to),
  };
};
