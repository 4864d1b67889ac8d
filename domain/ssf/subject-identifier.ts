import { z } from 'zod';
import type { subjectFormats } from './model.js';

const simple = z.discriminatedUnion('format', [
  z.object({
    format: z.literal('iss_sub'),
    iss: z.string().min(1).max(2000),
    sub: z.string().min(1).max(255),
  }),
  z.object({ format: z.literal('email'), email: z.string().min(3).max(320) }),
  z.object({ format: z.literal('opaque'), id: z.string().min(1).max(255) }),
]);

/** A subject that names one person in one way (RFC 9493, 3). */
export type SimpleSubject = z.output<typeof simple>;
export type ComplexSubject =
  Readonly<Record<'user' | 'session', SimpleSubject>> | { readonly user: SimpleSubject };
export type SubjectIdentifier = SimpleSubject | ({ readonly format: 'complex' } & ComplexSubject);

/** Subjects as a receiver may name them: a simple one, or a complex one of which only the user counts. */
export const subjectIdentifierSchema: z.ZodType<SimpleSubject> = z.union([
  simple,
  z.object({ format: z.literal('complex'), user: simple }).transform(({ user }) => user),
]);

/** A person under the names that a receiver may know him by. */
export interface NamedSubject {
  readonly iss: string;
  /** Null where the property that the client chose as subject is empty. */
  readonly sub: string | null;
  readonly email: string;
  readonly userId: string;
}

const userPart = (
  format: (typeof subjectFormats)[number],
  { iss, sub, email, userId }: NamedSubject,
): SimpleSubject | null => {
  switch (format) {
    case 'iss_sub':
    case 'complex':
      return sub === null ? null : { format: 'iss_sub', iss, sub };
    case 'email':
      return email === '' ? null : { format: 'email', email };
    case 'opaque':
      return { format: 'opaque', id: userId };
  }
};

/**
 * The `sub_id` of an event: null when the person has no name of the wanted format. What concerns one session is always
 * complex, because a receiver would take a person alone for all of his sessions (CAEP 1.0, 3.1).
 */
export const subjectIdentifier = (
  format: (typeof subjectFormats)[number],
  subject: NamedSubject,
  sid: string | null,
): SubjectIdentifier | null => {
  const user = userPart(format, subject);
  if (user === null) return null;
  if (sid !== null) return { format: 'complex', user, session: { format: 'opaque', id: sid } };
  return format === 'complex' ? { format: 'complex', user } : user;
};
