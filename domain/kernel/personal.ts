import type { Model } from './model.js';

/** How objects that belong to people are told apart from those that are for all. */
export interface Personal<Field extends string = string> {
  /** Field that names whose the object is. */
  readonly owner: Field;
  /** Field that says whether others may see it as well. */
  readonly shared: Field;
  /** Those who may see this model may see what is shared. */
  readonly audience: string;
}

/** Whether somebody may know of an object at all: it is for everybody, it is his, or its owner shares it. */
export const isOpenTo = (
  { personal }: Pick<Model, 'personal'>,
  values: Readonly<Record<string, unknown>>,
  userId: string | null,
): boolean => personal === null || values[personal.owner] === userId || values[personal.shared] === true;
