import { z } from 'zod';

/** An identifier of one kind of object. Kinds do not mix: a flow's id is not accepted where a user's is asked for. */
export type Id<Kind extends string = string> = string & { readonly __kind: Kind };

/** Schema of an identifier: a lower-case UUID. */
export const id = <Kind extends string>(_kind: Kind): z.ZodType<Id<Kind>, string> =>
  z.uuid().transform((value) => value.toLowerCase() as Id<Kind>);

/** Schema of an identifier inside a stored event, where nothing is normalised any more. */
export const storedId = <Kind extends string>(_kind: Kind): z.ZodType<Id<Kind>> =>
  z.uuid() as unknown as z.ZodType<Id<Kind>>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text has the form of an identifier. */
export const isId = (value: string): value is Id => uuidPattern.test(value);
