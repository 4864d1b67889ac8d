/** One thing that may be chosen. */
export interface Option {
  readonly value: string;
  readonly label: string;
  /** A second line that tells things of the same name apart. */
  readonly hint?: string | undefined;
}

/** Finds what fits a part of a name. */
export type LoadOptions = (search: string) => Promise<readonly Option[]>;

/** Loader over a list that is known already. */
export const among =
  (options: readonly Option[]): LoadOptions =>
  (search) =>
    Promise.resolve(
      options.filter((option) => option.label.toLowerCase().includes(search.trim().toLowerCase())),
    );
